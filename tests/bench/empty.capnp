using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .empty) ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const empty :Workerd.Worker = (
  modules = [ (name = "empty.js", esModule = embed "empty.js") ],
  compatibilityDate = "2026-04-21",
);
