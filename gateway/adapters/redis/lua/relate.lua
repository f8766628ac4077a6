-- What the seats of one channel mean for the agent's seats of others. Whoever is saved here may have begun or ended to be busy.
local relate

-- Saves an agent; then blocks what it now blocks, and offers work to what it blocks no longer. Returns the record as it is then.
local function saveSeats(a, token)
  saveAgent(a)
  if a.blocks == '' then return a end
  keepRecords()
  for id in string.gmatch(a.blocks, '%S+') do relate(a, id, token) end
  return loadAgent(a.id)
end

-- Brings the record of that id up to date with whether `a` blocks it. What was only offered was no work: then the turn is kept. Who left an
-- offer unanswered is not there for anything else.
function relate(a, id, token)
  local isBlocking, other = isBusy(a) and has(a.blocks, id), loadAgent(id)
  if isBlocking == has(other.blockedBy, a.id) then return end
  other.blockedBy = isBlocking and other.blockedBy .. a.id .. ' ' or without(other.blockedBy, a.id)
  if isBlocking and other.st == 'ready' then
    take(leave(IDLE, IDLE_HEADS, other.pool, seatOf(id)))
    other.st, other.since = 'blocked', at
    tellAgent(other)
  elseif other.st == 'blocked' and other.blockedBy == '' then
    settle(other, planNext(other, a.st == 'notReady' and a.reason == 'rona' and 'rona' or nil), token, not a.hasWorked)
  end
  saveSeats(other, token)
end
