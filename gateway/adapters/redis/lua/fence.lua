-- Time, records, and what makes a repeated request recognisable. US and RS are ASCII's unit and record separators.
local US, RS = '\31', '\30'
local KEEP_ENDED_MS = 60000 -- how long a finished call or a signed-out agent still answers a repeated request

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The reply once given to this request id, or nil. A record cut off at the end of the log no longer counts.
local function seen(log, request)
  local _, last = string.find(log, RS .. request .. US, 1, true)
  local stop = last and string.find(log, RS, last + 1, true)
  return stop and string.sub(log, last + 1, stop - 1)
end

local function remember(record, request, reply)
  local rest = record.log == '' and RS or record.log
  record.log = string.sub(RS .. request .. US .. reply .. rest, 1, 600)
  return reply
end

-- A hash as a table; fields that are missing are ''. Reads only.
local function load(key, id, fields)
  local values = redis.call('HMGET', P .. key .. id, unpack(fields))
  local record = { id = id }
  for i = 1, #fields do
    record[fields[i]] = values[i] or ''
  end
  return record
end

local function save(key, record, fields)
  local pairs = {}
  for i = 1, #fields do
    pairs[2 * i - 1], pairs[2 * i] = fields[i], record[fields[i]]
  end
  redis.call('HSET', P .. key .. record.id, unpack(pairs))
end

-- A refusal is remembered too: a repeat of it must not succeed later. What is not there or over is kept a while for that.
local function refuse(key, record, request, reply)
  remember(record, request, reply)
  redis.call('HSET', P .. key .. record.id, 'log', record.log)
  if record.st == '' or record.st == 'ended' or record.st == 'loggedOut' then redis.call('PEXPIRE', P .. key .. record.id, KEEP_ENDED_MS) end
  return reply
end

local AGENT_FIELDS = { 'st', 'pool', 'node', 'call', 'res', 'since', 'reason', 'until', 'want', 'skip', 'seq', 'log' }
local CALL_FIELDS = { 'st', 'sig', 'score', 't0', 'queue', 'node', 'ring', 'agent', 'res', 'wait', 'skip', 'log' }

-- An agent's voice seat. The index holds seats, so that an agent can have more of them, and other channels.
local function seatOf(agent)
  return agent .. '/voice/0'
end

local function agentOf(seat)
  return string.match(seat, '^(.*)/[^/]+/%d+$')
end

-- The offer's call and agent, or nil when the offer is no longer theirs: an offer id is a fencing token.
local function loadOffer(offer)
  local held = redis.call('GET', P .. OFFER .. offer)
  if not held then return nil end
  local agent, call = string.match(held, '^(.-)' .. US .. '(.*)$')
  local a, c = load(AGENT, agent, AGENT_FIELDS), load(CALL, call, CALL_FIELDS)
  if c.res ~= offer then return nil end
  return a, c
end
