-- uses: start store-keys
-- Removes a finished call, unless another node has taken it over meanwhile (see store-save). Of one that was taken over the owner is kept for
-- a while: the node before may have stood still all the time, and must not bring it back.
-- ARGV: nowMs, call, node ('' = whoever owns it), take-overs that the node knows of
-- Returns 'removed' | 'taken'
local KEEP_OWNER_MS = '86400000'
local node, takeovers = ARGV[3], tonumber(ARGV[4])
local key = P .. SNAPSHOT .. ARGV[2]
local owner, adopted = unpack(run('HMGET', key, 'node', 'adopted'))
local known = tonumber(adopted or 0)
if not owner then return 'removed' end -- before: a repeat
if node ~= '' and owner ~= node and known >= takeovers then return 'taken' end
run('SREM', P .. OWNED .. owner, ARGV[2])
if known > 0 or takeovers > 0 then
  run('HSET', key, 'was', node ~= '' and node or owner, 'adopted', math.max(known, takeovers))
  run('HDEL', key, 'v', 'snap', 'node')
  run('PEXPIRE', key, KEEP_OWNER_MS)
else
  run('DEL', key)
end
return 'removed'
