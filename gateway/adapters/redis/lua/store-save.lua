-- uses: start store-keys
-- Writes a call's newest snapshot. Only its owner may: a process that was taken for dead and comes back must not overwrite the adopter.
-- ARGV: nowMs, call, node, version, snapshot
-- Returns 'saved' | 'older' (a newer version is there) | 'taken' (another node owns the call)
local key = P .. SNAPSHOT .. ARGV[2]
local version, owner, last = unpack(run('HMGET', key, 'v', 'node', 'was'))
if (owner or last or ARGV[3]) ~= ARGV[3] then return 'taken' end
if version and tonumber(version) > tonumber(ARGV[4]) then return 'older' end
run('HSET', key, 'v', ARGV[4], 'node', ARGV[3], 'snap', ARGV[5])
if not owner then run('SADD', P .. OWNED .. ARGV[3], ARGV[2]) end
return 'saved'
