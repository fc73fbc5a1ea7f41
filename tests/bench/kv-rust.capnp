using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .redirect),
    (name = "kv", worker = .store),
  ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const redirect :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "../../build/floor/index.js"),
    (name = "index_bg.wasm", wasm = embed "../../build/floor/index_bg.wasm"),
  ],
  compatibilityDate = "2026-04-21",
  bindings = [ (name = "GOODWORD", kvNamespace = "kv") ],
);

const store :Workerd.Worker = (
  modules = [ (name = "kv-store.js", esModule = embed "kv-store.js") ],
  compatibilityDate = "2026-04-21",
);
