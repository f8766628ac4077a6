-- uses: start store-keys
-- Removes a finished call, unless another node has taken it over meanwhile. Of one that was taken over the owner is kept for a while: the
-- node before may have stood still all the time, and must not bring it back.
-- ARGV: nowMs, call, node ('' = whoever owns it)
-- Returns 'removed' | 'taken'
local KEEP_OWNER_MS = '86400000'
local key = P .. SNAPSHOT .. ARGV[2]
local owner, wasAdopted = unpack(run('HMGET', key, 'node', 'adopted'))
if not owner then return 'removed' end -- before: a repeat
if ARGV[3] ~= '' and owner ~= ARGV[3] then return 'taken' end
run('SREM', P .. OWNED .. owner, ARGV[2])
if wasAdopted then
  run('HSET', key, 'was', owner)
  run('HDEL', key, 'v', 'snap', 'node')
  run('PEXPIRE', key, KEEP_OWNER_MS)
else
  run('DEL', key)
end
return 'removed'
