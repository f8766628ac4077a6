-- uses: start keys
-- What waits and who is there, for overflow, estimates and displays. Its cost follows the lines with callers and the pools.
-- ARGV: nowMs
-- Returns { lines, pools }: lines = signature ('@agent' for a personal line), canonical text or '', waiting …; pools = id, canonical text,
-- away, working, idle …, of those with anybody signed in
local lines, pools = {}, {}
for _, id in ipairs(run('ZRANGE', P .. HEADS, '0', '-1')) do
  lines[#lines + 1], lines[#lines + 2], lines[#lines + 3] = id, run('HGET', P .. SIGNATURES, id) or '', run('ZCARD', P .. QUEUED .. id)
end
local texts = run('HGETALL', P .. POOLS)
for at = 1, #texts, 2 do
  local counts = run('HMGET', P .. STAFF, texts[at] .. '|away', texts[at] .. '|working')
  local away, working = tonumber(counts[1] or 0), tonumber(counts[2] or 0)
  if away + working > 0 then
    for _, one in ipairs({ texts[at], texts[at + 1], away, working, run('ZCARD', P .. IDLE .. texts[at]) }) do pools[#pools + 1] = one end
  end
end
return { lines, pools }
