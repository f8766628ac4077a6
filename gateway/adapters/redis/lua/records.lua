-- Calls and agents: twelve fields in one string, as one GET and one SET cost a quarter of a hash's HMGET and HSET here, and a record is
-- always read and written whole. Ids and reasons never hold the separator. What is missing is ''; a new field goes before `log`,
-- which is cut off by its position as patterns cost by the character.
local FIELDS = '^([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|()'
local NOTHING = '|||||||||||'
local KEEP_ENDED_MS = '60000' -- how long a finished call or a signed-out agent still answers a repeated request

local function loadAgent(id)
  local text = run('GET', P .. AGENT .. id) or NOTHING
  local st, pool, node, call, res, since, reason, wrapEnd, want, skip, seq, log = match(text, FIELDS)
  return { id = id, st = st, pool = pool, node = node, call = call, res = res, since = since, reason = reason, wrapEnd = wrapEnd, want = want, skip = skip, seq = seq, log = sub(text, log) }
end

local function saveAgent(a)
  local text = a.st .. '|' .. a.pool .. '|' .. a.node .. '|' .. a.call .. '|' .. a.res .. '|' .. a.since .. '|' .. a.reason .. '|' .. a.wrapEnd .. '|' .. a.want .. '|' .. a.skip .. '|' .. a.seq .. '|' .. a.log
  if a.st == 'loggedOut' or a.st == '' then return run('SET', P .. AGENT .. a.id, text, 'PX', KEEP_ENDED_MS) end
  run('SET', P .. AGENT .. a.id, text)
end

local function loadCall(id)
  local text = run('GET', P .. CALL .. id) or NOTHING
  local st, sig, score, t0, queue, node, ring, agent, res, wait, skip, log = match(text, FIELDS)
  return { id = id, st = st, sig = sig, score = score, t0 = t0, queue = queue, node = node, ring = ring, agent = agent, res = res, wait = wait, skip = skip, log = sub(text, log) }
end

local function saveCall(c)
  local text = c.st .. '|' .. c.sig .. '|' .. c.score .. '|' .. c.t0 .. '|' .. c.queue .. '|' .. c.node .. '|' .. c.ring .. '|' .. c.agent .. '|' .. c.res .. '|' .. c.wait .. '|' .. c.skip .. '|' .. c.log
  if c.st == 'ended' then return run('SET', P .. CALL .. c.id, text, 'PX', KEEP_ENDED_MS) end
  run('SET', P .. CALL .. c.id, text)
end
