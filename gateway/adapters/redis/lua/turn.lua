-- An idle agent's turn, the lowest first. The agent's `rank` says by what: '' = how long idle, '=7' = the seventh in the file, and
-- '%signedInAt workedMs workBegan' = the share of the time signed in that was spent on calls, in millionths.
local function turnOf(a)
  local kind = sub(a.rank, 1, 1)
  if kind == '' then return run('INCR', P .. IDLE_SEQ) end
  if kind == '=' then return sub(a.rank, 2) end
  local signedIn, worked = match(a.rank, '^%%(%d+) (%d+)')
  return format('%.0f', worked / math.max(1, now - signedIn) * 1000000)
end

local function beginWork(a)
  if sub(a.rank, 1, 1) == '%' then a.rank = match(a.rank, '^%%%d+ %d+') .. ' ' .. at end
end

local function endWork(a)
  local signedIn, worked, began = match(a.rank, '^%%(%d+) (%d+) (%d+)$')
  if began then a.rank = '%' .. signedIn .. ' ' .. format('%.0f', worked + math.max(0, now - began)) end
end
