using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .ledger),
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const ledger :Workerd.Worker = (
  modules = [ (name = "ledger.js", esModule = embed "ledger.js") ],
  compatibilityDate = "2026-04-21",
  bindings = [ (name = "LEDGER", durableObjectNamespace = "Ledger") ],
  durableObjectNamespaces = [ (className = "Ledger", uniqueKey = "ledger", enableSql = true) ],
  durableObjectStorage = (localDisk = "disk"),
);
