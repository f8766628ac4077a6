-- Key names of the call store; twin of keys.ts.
local SNAPSHOT = 's:' -- .. call: HASH v (version), node, snap, adopted (how often another node took it over); of one that is over: adopted, was (its last node)
local OWNED = 'own:' -- .. node: SET of calls
local NODES = 'nodes' -- ZSET node -> end of its lease, ms of Redis's clock
local DRAINED = 'drained' -- SET of nodes that take no more callers
local ADOPTED = 'adopted:' -- .. node: LIST token, then the calls of its last adoption
