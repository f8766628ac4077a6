-- uses: start store-keys
-- Takes over calls of one node whose lease ran out. The same token again (its reply was lost) gives the same calls, without those that yet
-- another node has taken over meanwhile.
-- ARGV: nowMs, node, token, limit
-- Returns call, snapshot, how often it was taken over, call … (empty = nothing left to adopt)
local KEEP_ADOPTED_MS = '3600000' -- how long a lost reply can be asked for again
local node, token, limit = ARGV[2], ARGV[3], tonumber(ARGV[4])
local last = run('LRANGE', P .. ADOPTED .. node, 0, -1)
local isRepeat = last[1] == token
local calls, dead = {}, nil
if isRepeat then
  for i = 2, #last do
    if run('HGET', P .. SNAPSHOT .. last[i], 'node') == node then calls[#calls + 1] = last[i] end
  end
else
  for _, other in ipairs(run('ZRANGEBYSCORE', P .. NODES, '-inf', now)) do
    if other ~= node then
      dead, calls = other, run('SRANDMEMBER', P .. OWNED .. other, limit)
      if #calls > 0 then break end
      run('ZREM', P .. NODES, other)
      run('SREM', P .. DRAINED, other)
    end
  end
end
local found = {}
for _, call in ipairs(calls) do
  local snapshot, adopted = unpack(run('HMGET', P .. SNAPSHOT .. call, 'snap', 'adopted'))
  local takeovers = tonumber(adopted or 0) + (isRepeat and 0 or 1)
  found[#found + 1], found[#found + 2], found[#found + 3] = call, snapshot or '', takeovers
end
if isRepeat then return found end

run('DEL', P .. ADOPTED .. node)
if #calls == 0 then return found end
run('RPUSH', P .. ADOPTED .. node, token, unpack(calls))
run('PEXPIRE', P .. ADOPTED .. node, KEEP_ADOPTED_MS)
for i, call in ipairs(calls) do
  run('HSET', P .. SNAPSHOT .. call, 'node', node, 'adopted', found[3 * i])
  run('SMOVE', P .. OWNED .. dead, P .. OWNED .. node, call)
end
return found
