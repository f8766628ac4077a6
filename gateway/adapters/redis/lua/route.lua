-- What a call needs changes as it waits: 'afterMs:signature:band;' for each change, in the order of their times. A signature '@agent' is
-- a personal line, which only that agent serves. The call keeps its place: only the band of its score changes.
local BAND = '17592186044416' -- 2^44

local function isPersonal(signature)
  return sub(signature, 1, 1) == '@'
end

-- Nobody waits for an agent who is signed out, has a pause or wants one next, or was offered this call already. Not by loadAgent, whose
-- tables hold two agents.
local function isInVain(c)
  if not isPersonal(c.sig) then return false end
  local id = sub(c.sig, 2)
  local st, _, _, _, _, _, _, _, want = fields(AGENT_FIELDS, (run('GET', P .. AGENT .. id) or '') .. NOTHING)
  return st == '' or st == 'loggedOut' or st == 'notReady' or want ~= '' or find(' ' .. c.skip, ' ' .. seatOf(id) .. '=', 1, true) ~= nil
end

-- Brings the call up to date with its wait; returns when the next change is due, or nil. Reads only.
local function bringUpToDate(c)
  while c.route ~= '' do
    local after, signature, band, rest = match(c.route, '^(%d+):([^:]+):(%d+);(.*)$')
    local due = c.t0 + after
    if due > now and after ~= '0' and not isInVain(c) then return format('%.0f', due) end
    local steps = isPersonal(c.sig) and c.steps or (tonumber(c.steps) or -1) + 1 -- to wait for anybody is no relaxation
    c.sig, c.score, c.route, c.steps = signature, format('%.0f', band * BAND + c.score % BAND), rest, steps
  end
end

-- Whether the call stands where that route would have brought it by now.
local function isOnItsWay(c, route)
  local done = sub(route, 1, #route - #c.route)
  local signature, band = match(done, ':([^:]+):(%d+);$')
  return done .. c.route == route and signature == c.sig and tonumber(band) == math.floor(c.score / BAND)
end

-- The place of a call that joins now: quarters of a millisecond, and later than all before. So a place tells when the call came, also
-- where the store lost what it counted. Reads only.
local EPOCH = '1767225600000' -- 2026-01-01
local function placeAt(time)
  return format('%.0f', math.max(0, time - EPOCH) * 4)
end

local function nextPlace()
  return format('%.0f', math.max((now - EPOCH) * 4, (run('GET', P .. SEQ) or 0) + 1))
end

-- How many wait in a queue, also those who wait for one agent first. Not by loadCall, whose records are in use. Reads only.
local function waitingIn(queue)
  local waiting = 0
  for _, signature in ipairs(run('SMEMBERS', P .. LINES .. queue)) do waiting = waiting + run('ZCARD', P .. QUEUED .. signature) end
  for _, line in ipairs(run('ZRANGE', P .. HEADS, '0', '-1')) do
    for _, call in ipairs(isPersonal(line) and run('ZRANGE', P .. QUEUED .. line, '0', '-1') or {}) do
      if select(5, fields(CALL_FIELDS, (run('GET', P .. CALL .. call) or '') .. NOTHING)) == queue then waiting = waiting + 1 end
    end
  end
  return waiting
end
