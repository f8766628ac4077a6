-- Key names of the call store; twin of keys.ts. P is the tenant's prefix with its hash tag.
local P = KEYS[1]
local SNAPSHOT = 's:' -- .. call: HASH v (version), node, snap
local OWNED = 'own:' -- .. node: SET of calls
local NODES = 'nodes' -- ZSET node -> end of its lease, ms of Redis's clock
local ADOPTED = 'adopted:' -- .. node: LIST token, then the calls of its last adoption

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
