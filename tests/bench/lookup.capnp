using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .lookup) ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const lookup :Workerd.Worker = (
  modules = [ (name = "lookup.js", esModule = embed "lookup.js") ],
  compatibilityDate = "2026-04-21",
);
