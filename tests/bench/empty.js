// The least a Worker can be: what starting one costs before there is any code.
export default {
  fetch() {
    return new Response("ok");
  },
};
