# The release bundle with a counter in front: how many rows a command writes. Never measured for speed.
using Workerd = import "/workerd/workerd.capnp";
using Goodword = import "goodword.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .counted),
    (name = "kv", worker = Goodword.kv),
    (name = "disk", disk = (writable = true)),
  ],
  sockets = [ (name = "http", http = (), service = "main") ],
);

const counted :Workerd.Worker = (
  modules = [
    (name = "rows.js", esModule = embed "rows.js"),
    (name = "index.js", esModule = embed "../../build/release/index.js"),
    (name = "index_bg.wasm", wasm = embed "../../build/release/index_bg.wasm"),
  ],
  compatibilityDate = "2026-04-21",
  bindings = Goodword.bindings,
  durableObjectNamespaces = Goodword.objects,
  durableObjectStorage = (localDisk = "disk"),
);
