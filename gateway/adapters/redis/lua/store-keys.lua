-- Key names of the call store; twin of keys.ts.
local SNAPSHOT = 's:' -- .. call: HASH v (version), node, snap, adopted (1: by another node than the first); of one that is over: was (its last node)
local OWNED = 'own:' -- .. node: SET of calls
local NODES = 'nodes' -- ZSET node -> end of its lease, ms of Redis's clock
local ADOPTED = 'adopted:' -- .. node: LIST token, then the calls of its last adoption
