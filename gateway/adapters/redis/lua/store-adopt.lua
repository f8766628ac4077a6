-- uses: start store-keys
-- Takes over calls of one node whose lease ran out. The same token again (its reply was lost) gives the same calls.
-- ARGV: nowMs, node, token, limit
-- Returns call, snapshot, call, snapshot … (empty = nothing left to adopt)
local node, token, limit = ARGV[2], ARGV[3], tonumber(ARGV[4])
local last = run('LRANGE', P .. ADOPTED .. node, 0, -1)
local calls, dead = {}, nil
if last[1] == token then
  for i = 2, #last do calls[i - 1] = last[i] end
else
  for _, other in ipairs(run('ZRANGEBYSCORE', P .. NODES, '-inf', now)) do
    if other ~= node then
      dead, calls = other, run('SRANDMEMBER', P .. OWNED .. other, limit)
      if #calls > 0 then break end
      run('ZREM', P .. NODES, other)
    end
  end
end
local found = {}
for _, call in ipairs(calls) do
  found[#found + 1], found[#found + 2] = call, run('HGET', P .. SNAPSHOT .. call, 'snap') or ''
end
if last[1] == token then return found end

run('DEL', P .. ADOPTED .. node)
if #calls == 0 then return found end
run('RPUSH', P .. ADOPTED .. node, token, unpack(calls))
run('PEXPIRE', P .. ADOPTED .. node, 60000)
for _, call in ipairs(calls) do
  run('HSET', P .. SNAPSHOT .. call, 'node', node, 'adopted', '1')
  run('SMOVE', P .. OWNED .. dead, P .. OWNED .. node, call)
end
return found
