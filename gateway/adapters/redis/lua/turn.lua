-- An idle agent's turn, the lowest first. The agent's `rank` says by what: '' = how long idle, '=7' = the seventh in the file, and
-- '%signedInAt workedMs workBegan' = the share of the time signed in that was spent on calls. That share falls while the agent idles, and
-- the quicker the shorter the agent is there: no turn written down keeps that order. So these agents have turns by how long idle too, and
-- are compared when a call comes (leastOccupied in match-call.lua).
local function turnOf(a)
  if sub(a.rank, 1, 1) == '=' then return sub(a.rank, 2) end
  return run('INCR', P .. IDLE_SEQ)
end

local function isByShare(rank)
  return sub(rank, 1, 1) == '%'
end

-- The share as of now, of an agent who is on no call, from the text of the record; nil where the turn is by something else. What was read of
-- one is kept, up to so many: of a hundred that are compared nearly all are as they were at the call before.
local MOST_KEPT = 1000
local signedInBy, workedBy, kept = {}, {}, 0
local function shareIn(text)
  if signedInBy[text] == nil then
    if kept >= MOST_KEPT then signedInBy, workedBy, kept = {}, {}, 0 end
    local signedIn, worked = match(select(13, fields(AGENT_FIELDS, text .. NOTHING)), '^%%(%d+) (%d+)')
    signedInBy[text], workedBy[text], kept = tonumber(signedIn) or false, tonumber(worked), kept + 1
  end
  return signedInBy[text] and workedBy[text] / math.max(1, now - signedInBy[text])
end

local function beginWork(a)
  if isByShare(a.rank) then a.rank = match(a.rank, '^%%%d+ %d+') .. ' ' .. at end
end

local function endWork(a)
  local signedIn, worked, began = match(a.rank, '^%%(%d+) (%d+) (%d+)$')
  if began then a.rank = '%' .. signedIn .. ' ' .. format('%.0f', worked + math.max(0, now - began)) end
end
