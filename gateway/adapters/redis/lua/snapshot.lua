-- uses: start keys fence records
-- What waits and who is there, for overflow, estimates and displays. Its cost follows the lines with callers, the callers on personal lines
-- and the pools.
-- ARGV: nowMs
-- Returns { lines, pools }: lines = signature ('@agent' for a personal line), canonical text or '', queue (of a personal line; once for
-- each) or '', waiting …; pools = id, canonical text, away, working, idle …, of those with anybody signed in
local lines, pools = {}, {}
local function addTo(list, ...)
  for _, one in ipairs({ ... }) do list[#list + 1] = one end
end
local function addPersonal(id)
  local queues, counts = {}, {}
  for _, call in ipairs(run('ZRANGE', P .. QUEUED .. id, '0', '-1')) do
    local queue = loadCall(call).queue
    if not counts[queue] then addTo(queues, queue) end
    counts[queue] = (counts[queue] or 0) + 1
  end
  for _, queue in ipairs(queues) do addTo(lines, id, '', queue, counts[queue]) end
end
for _, id in ipairs(run('ZRANGE', P .. HEADS, '0', '-1')) do
  if sub(id, 1, 1) == '@' then addPersonal(id) else addTo(lines, id, run('HGET', P .. SIGNATURES, id) or '', '', run('ZCARD', P .. QUEUED .. id)) end
end
local texts = run('HGETALL', P .. POOLS)
for at = 1, #texts, 2 do
  local counts = run('HMGET', P .. STAFF, texts[at] .. '|away', texts[at] .. '|working')
  local away, working = tonumber(counts[1] or 0), tonumber(counts[2] or 0)
  if away + working > 0 then addTo(pools, texts[at], texts[at + 1], away, working, run('ZCARD', P .. IDLE .. texts[at])) end
end
return { lines, pools }
