using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .sign) ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const sign :Workerd.Worker = (
  modules = [
    (name = "sign.js", esModule = embed "sign.js"),
    (name = "token.js", esModule = embed "token.js"),
  ],
  compatibilityDate = "2026-04-21",
);
