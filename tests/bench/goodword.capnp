# The release bundle as it is deployed, on the bare runtime: no proxy, no assets, KV in memory, objects on disk.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .goodword),
    (name = "kv", worker = .kv),
    # The run names a folder of its own with --directory-path.
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const goodword :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "../../build/release/index.js"),
    (name = "index_bg.wasm", wasm = embed "../../build/release/index_bg.wasm"),
  ],
  compatibilityDate = "2026-04-21",
  bindings = .bindings,
  durableObjectNamespaces = .objects,
  durableObjectStorage = (localDisk = "disk"),
);

const bindings :List(Workerd.Worker.Binding) = [
  (name = "GOODWORD", kvNamespace = "kv"),
  (name = "LEDGER", durableObjectNamespace = "Ledger"),
  (name = "TALLY", durableObjectNamespace = "Tally"),
  (name = "PULSE", durableObjectNamespace = "Pulse"),
  (name = "DEFAULT_PROGRAM", text = "bench"),
  # Guards nothing: everything that it seals is deleted with the run.
  (name = "GOODWORD_SECRET", text = "00000000000000000000000000000000000000000000000000000000000000bb"),
];

const objects :List(Workerd.Worker.DurableObjectNamespace) = [
  (className = "Ledger", uniqueKey = "ledger", enableSql = true),
  (className = "Tally", uniqueKey = "tally", enableSql = true),
  (className = "Pulse", uniqueKey = "pulse", enableSql = true),
];

const kv :Workerd.Worker = (
  modules = [ (name = "kv-store.js", esModule = embed "kv-store.js") ],
  compatibilityDate = "2026-04-21",
);
