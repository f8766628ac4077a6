-- uses: start store-keys
-- Removes a finished call, unless another node has taken it over meanwhile.
-- ARGV: nowMs, call, node ('' = whoever owns it)
-- Returns 'removed' | 'taken'
local owner = run('HGET', P .. SNAPSHOT .. ARGV[2], 'node')
if owner and ARGV[3] ~= '' and owner ~= ARGV[3] then return 'taken' end
if owner then run('SREM', P .. OWNED .. owner, ARGV[2]) end
run('DEL', P .. SNAPSHOT .. ARGV[2])
return 'removed'
