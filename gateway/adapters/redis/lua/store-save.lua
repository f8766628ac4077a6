-- uses: start store-keys
-- Writes a call's newest snapshot. Only its owner may: a process that was taken for dead and comes back must not overwrite the adopter. Of two
-- nodes the one has the call that took it over later, whatever a store says that went back in time.
-- ARGV: nowMs, call, node, version, take-overs that the node knows of, snapshot
-- Returns 'saved' | 'older' (a newer version is there) | 'taken' (another node owns the call)
local node, takeovers = ARGV[3], tonumber(ARGV[5])
local key = P .. SNAPSHOT .. ARGV[2]
local version, owner, last, adopted = unpack(run('HMGET', key, 'v', 'node', 'was', 'adopted'))
local known = tonumber(adopted or 0)
if (owner or last or node) ~= node and known >= takeovers then return 'taken' end
if known > takeovers or (known == takeovers and version and tonumber(version) > tonumber(ARGV[4])) then return 'older' end
run('HSET', key, 'v', ARGV[4], 'node', node, 'snap', ARGV[6])
if takeovers > 0 then run('HSET', key, 'adopted', takeovers) end
if owner ~= node then
  if owner then run('SREM', P .. OWNED .. owner, ARGV[2]) end
  run('SADD', P .. OWNED .. node, ARGV[2])
end
return 'saved'
