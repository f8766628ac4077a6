-- Calls and agents: fields in one string, each ended by NUL (what a later release adds stands behind, and is empty where an earlier one wrote), as one GET and one SET cost a quarter of a hash's HMGET and HSET here.
-- Ids and reasons never hold control characters; what is missing is ''. Records are read into tables that are kept, two of each kind as
-- hardly any verb holds more: new tables would be most of what Lua has to collect.
local AGENT_FIELDS = 'ssssssssssssssssss'
local CALL_FIELDS = 'sssssssssssssss'
local NOTHING = '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
local KEEP_ENDED_MS = '60000' -- how long a finished call or a signed-out agent still answers a repeated request
local aCall, otherCall, anAgent, otherAgent = {}, {}, {}, {}

-- What was read so far stays as it is, however many are read from here on.
local function keepRecords()
  aCall, otherCall, anAgent, otherAgent = {}, {}, {}, {}
end

-- Where a signed-in agent is counted, or nil.
local function staffOf(a)
  if a.st == '' or a.st == 'loggedOut' then return nil end
  return a.pool .. (a.st == 'notReady' and '|away' or '|working')
end

local function agentFrom(id, text)
  local a = otherAgent
  anAgent, otherAgent = a, anAgent
  a.id, a.partner, a.hasWorked = id, nil, nil
  a.st, a.pool, a.node, a.call, a.res, a.since, a.reason, a.wrapEnd, a.want, a.skip, a.seq, a.log, a.rank, a.slots, a.open, a.blocks, a.blockedBy, a.wrapMax = fields(AGENT_FIELDS, text and text .. NOTHING or NOTHING)
  a.was = staffOf(a)
  return a
end

local function callFrom(id, text)
  local c = otherCall
  aCall, otherCall = c, aCall
  c.id, c.due = id, nil
  c.st, c.sig, c.score, c.t0, c.queue, c.node, c.ring, c.agent, c.res, c.wait, c.skip, c.log, c.route, c.steps, c.why = fields(CALL_FIELDS, text and text .. NOTHING or NOTHING)
  return c
end

local function loadAgent(id)
  return agentFrom(id, run('GET', P .. AGENT .. id))
end

-- In place of the agent read last.
local function loadInstead(id)
  anAgent, otherAgent = otherAgent, anAgent
  return loadAgent(id)
end

local function loadCall(id)
  return callFrom(id, run('GET', P .. CALL .. id))
end

local function loadBoth(agentId, callId)
  local texts = run('MGET', P .. AGENT .. agentId, P .. CALL .. callId)
  return agentFrom(agentId, texts[1]), callFrom(callId, texts[2])
end

local function callText(c)
  return c.st .. '\0' .. c.sig .. '\0' .. c.score .. '\0' .. c.t0 .. '\0' .. c.queue .. '\0' .. c.node .. '\0' .. c.ring .. '\0' .. c.agent .. '\0' .. c.res .. '\0' .. c.wait .. '\0' .. c.skip .. '\0' .. c.log .. '\0' .. c.route .. '\0' .. c.steps .. '\0' .. c.why .. '\0'
end

local function saveCall(c)
  if c.st == 'ended' then return run('SET', P .. CALL .. c.id, callText(c), 'PX', KEEP_ENDED_MS) end
  run('SET', P .. CALL .. c.id, callText(c))
end

-- The agent's partner, a call that the same step offered or joined to the agent, is saved with it.
local function saveAgent(a)
  local is = staffOf(a)
  if is ~= a.was then
    if a.was then run('HINCRBY', P .. STAFF, a.was, '-1') end
    if is then run('HINCRBY', P .. STAFF, is, '1') end
    if not a.was then run('SADD', P .. ON, a.id) elseif not is then run('SREM', P .. ON, a.id) end
    a.was = is
  end
  local key = P .. AGENT .. a.id
  local text = a.st .. '\0' .. a.pool .. '\0' .. a.node .. '\0' .. a.call .. '\0' .. a.res .. '\0' .. a.since .. '\0' .. a.reason .. '\0' .. a.wrapEnd .. '\0' .. a.want .. '\0' .. a.skip .. '\0' .. a.seq .. '\0' .. a.log .. '\0' .. a.rank .. '\0' .. a.slots .. '\0' .. a.open .. '\0' .. a.blocks .. '\0' .. a.blockedBy .. '\0' .. a.wrapMax .. '\0'
  if a.partner then return run('MSET', key, text, P .. CALL .. a.partner.id, callText(a.partner)) end
  if a.st == 'loggedOut' or a.st == '' then return run('SET', key, text, 'PX', KEEP_ENDED_MS) end
  run('SET', key, text)
end
