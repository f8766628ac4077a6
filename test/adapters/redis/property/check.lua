-- What the property test puts around every verb (see wrap.ts): the verb runs and the invariants of routing.md section 4 are checked in the same
-- step. CAN[pool][signature] says who may serve whom, worked out by the test. Violations and the order of operations are written beside the
-- tenant's keys. All of it is made once, at the first call: while a library is loaded even Lua's own functions are out of its reach.
local run, fields, string, table, ipairs, pairs, type, tostring, tonumber = redis.call, struct.unpack, string, table, ipairs, pairs, type, tostring, tonumber
local verbName, given

local function violate(rule, text)
  run('RPUSH', 'violations', rule .. ': ' .. verbName .. ' ' .. table.concat(given, ' ') .. ': ' .. text)
end

-- Most keys and records are as they were at the last check: what was read of one is kept, up to so many.
local MOST_KEPT = 1000
local function remembering(read)
  local kept, count = {}, 0
  return function(text)
    local known = kept[text]
    if known == nil then
      if count >= MOST_KEPT then kept, count = {}, 0 end
      known, count = read(text), count + 1
      kept[text] = known
    end
    return known
  end
end

local keyOf = remembering(function(key)
  local name, id = string.match(key, '^([a-z]+:)(.*)$', #P + 1)
  return { name = name, id = id }
end)

-- The ids of all keys, by the name they begin with.
local function allKeys()
  local found = {}
  for _, text in ipairs(run('KEYS', P .. '*')) do
    local key = keyOf(text)
    if key.name then
      local ids = found[key.name] or {}
      found[key.name] = ids
      ids[#ids + 1] = key.id
    end
  end
  return found
end

-- A record by the names of its fields, in the order in which they stand.
local NONE = string.rep('\0', 17)
local agentFields = remembering(function(text)
  local st, pool, _, call, res, _, _, wrapEnd, _, skip, seq, _, _, slots, open, blocks, blockedBy = fields('sssssssssssssssss', text)
  return { st = st, pool = pool, call = call, res = res, wrapEnd = wrapEnd, skip = skip, seq = seq, slots = slots, open = open, blocks = blocks, blockedBy = blockedBy }
end)
local callFields = remembering(function(text)
  local st, sig, score, t0, queue, _, _, agent, res, _, _, _, route = fields('sssssssssssssss', text)
  return { st = st, sig = sig, score = score, t0 = t0, queue = queue, agent = agent, res = res, route = route }
end)
local function agentOf(text) return agentFields(text or NONE) end
local function callOf(text) return callFields(text or NONE) end
local function agentRecord(id) return agentOf(run('GET', P .. 'a:' .. id)) end
local function callRecord(id) return callOf(run('GET', P .. 'c:' .. id)) end

-- All records that begin with a name, read at once.
local function allRecords(name, ids, recordOf)
  local records, keys = {}, {}
  for at, id in ipairs(ids or {}) do keys[at] = P .. name .. id end
  if #keys == 0 then return records end
  for at, text in ipairs(run('MGET', unpack(keys))) do records[ids[at]] = recordOf(text) end
  return records
end

local NO_WORDS = {}
local function words(text)
  if text == '' then return NO_WORDS, 0 end
  local found, count = {}, 0
  for word in string.gmatch(text, '%S+') do found[word], count = true, count + 1 end
  return found, count
end

local function isWorking(a)
  return a.st == 'reserved' or a.st == 'talking' or a.st == 'wrapUp' or a.open ~= ''
end

local function scores(key)
  local flat, record = run('ZRANGE', P .. key, 0, -1, 'WITHSCORES'), {}
  for i = 1, #flat, 2 do record[flat[i]] = flat[i + 1] end
  return record, #flat / 2, flat[2]
end

-- How much was ever written: a repeat writes nothing at all, not even what is there already.
local function written()
  return tonumber(string.match(run('INFO', 'persistence'), 'rdb_changes_since_last_save:(%d+)'))
end

-- I6 and I4: the sets of a side hold exactly the members that should be there, each once with its score, and the heads are true.
local function checkSide(side)
  local heads, sets, members = scores(side.heads), 0, 0
  for _, id in ipairs(side.ids or {}) do
    local held, _, first = scores(side.sets .. id)
    if heads[id] ~= first then violate('I6', side.sets .. id .. ' head is ' .. tostring(heads[id]) .. ' not ' .. first) end
    for member, score in pairs(held) do
      members = members + 1
      local should = side.should[member]
      if not should then violate('I4', side.sets .. id .. ' holds ' .. member)
      elseif should.set ~= id or should.score ~= score then violate('I4', member .. ' stands in ' .. id .. ' ' .. score .. ' not ' .. should.set .. ' ' .. should.score) end
    end
    sets = sets + 1
  end
  local n = 0
  for _ in pairs(side.should) do n = n + 1 end
  if members ~= n then violate('I4', side.sets .. ' holds ' .. members .. ' of ' .. n) end
  local _, count = scores(side.heads)
  if count ~= sets then violate('I6', side.heads .. ' has ' .. count .. ' heads for ' .. sets .. ' sets') end
end

-- I2 and I14: no more work than slots, each piece of it connected; and nothing beside what blocks it.
local function checkSeats(id, a, agents, calls)
  local open, count = words(a.open)
  if a.slots ~= '' and count + (a.st == 'reserved' and 1 or 0) > tonumber(a.slots) then violate('I2', id .. ' has more than ' .. a.slots) end
  if a.slots ~= '' and a.st == 'talking' and count < tonumber(a.slots) then violate('I5', id .. ' has a slot that nobody uses') end
  for call in pairs(open) do
    if not calls[call] or calls[call].st ~= 'connected' or calls[call].agent ~= id then violate('I3', id .. ' holds ' .. call .. ' which is not') end
  end
  local blockers, name = words(a.blockedBy), string.match(id, '^[^/]*')
  for _, other in ipairs({ name, name .. '/chat' }) do
    local one = agents[other]
    local isBlocking = one and isWorking(one) and words(one.blocks)[id] == true
    if (isBlocking or false) ~= (blockers[other] == true) then violate('I14', id .. ' is wrong about ' .. other) end
  end
  if (a.st == 'ready' and a.blockedBy ~= '') or (a.st == 'blocked' and a.blockedBy == '') then violate('I14', id .. ' is ' .. a.st .. ', blocked by "' .. a.blockedBy .. '"') end
end

local function checkAll()
  local idle, waiting, reserved = {}, {}, 0
  local leases, leaseCount = scores('lease')
  local relax, relaxCount = scores('relax')
  local keys = allKeys()
  local lines = {}
  for _, queue in ipairs(keys['l:'] or {}) do
    for _, sig in ipairs(run('SMEMBERS', P .. 'l:' .. queue)) do lines[queue .. ' ' .. sig] = true end
  end
  local agents, calls = allRecords('a:', keys['a:'], agentOf), allRecords('c:', keys['c:'], callOf)
  for id, c in pairs(calls) do
    local a = agents[c.agent]
    if c.st == 'queued' then
      waiting[id] = { set = c.sig, score = c.score, call = c }
      local isPersonal = string.sub(c.sig, 1, 1) == '@'
      if not isPersonal and not lines[c.queue .. ' ' .. c.sig] then violate('I4', id .. ' has no place in its line') end
      local after = string.match(c.route, '^(%d+):')
      if after then relaxCount = relaxCount - 1 end
      if after and not (tonumber(relax[id] or 'inf') <= c.t0 + after) then violate('I11', id .. ' would never be relaxed') end
    elseif c.st == 'reserved' then
      reserved = reserved + 1
      if not a or a.st ~= 'reserved' or a.call ~= id or a.res ~= c.res then violate('I3', id .. ' reserved by ' .. c.agent .. ' who is not') end
    elseif c.st == 'connected' then
      local isHeld = a and ((a.st == 'talking' and a.call == id) or words(a.open)[id])
      if not isHeld then violate('I3', id .. ' connected with ' .. c.agent .. ' who is not') end
    elseif c.st ~= 'ended' then violate('I4', id .. ' is ' .. tostring(c.st)) end
  end
  for id, a in pairs(agents) do
    checkSeats(id, a, agents, calls)
    if a.st == 'ready' then idle[string.find(id, '/', 1, true) and id or id .. '/voice/0'] = { set = a.pool, score = a.seq, agent = a, id = id } end
    if a.st == 'reserved' then
      local c = calls[a.call]
      reserved = reserved - 1
      if not c or c.res ~= a.res or c.agent ~= id then violate('I3', id .. ' reserved for ' .. a.call .. ' which is not') end
      if not leases[a.res] then violate('I3', id .. ' has no lease for ' .. a.res) end
      leaseCount = leaseCount - 1
    end
    if a.st == 'wrapUp' and run('ZSCORE', P .. 'due', id) ~= a.wrapEnd then violate('I11', id .. ' would wrap up for ever') end
  end
  -- Who is signed in is counted by pool.
  local staff, counted = {}, run('HGETALL', P .. 'staff')
  for _, a in pairs(agents) do
    if a.st ~= '' and a.st ~= 'loggedOut' then
      local field = a.pool .. (a.st == 'notReady' and '|away' or '|working')
      staff[field] = (staff[field] or 0) + 1
    end
  end
  for i = 1, #counted, 2 do
    if tonumber(counted[i + 1]) ~= (staff[counted[i]] or 0) then violate('I4', counted[i] .. ' counts ' .. counted[i + 1] .. ' agents') end
    staff[counted[i]] = nil
  end
  for field in pairs(staff) do violate('I4', field .. ' is not counted') end
  if reserved ~= 0 then violate('I1', 'reserved calls and agents differ by ' .. reserved) end
  if leaseCount ~= 0 then violate('I3', leaseCount .. ' leases of nobody') end
  if relaxCount ~= 0 then violate('I4', relaxCount .. ' calls to relax that do not wait') end
  checkSide({ sets = 'q:', heads = 'h', should = waiting, ids = keys['q:'] })
  checkSide({ sets = 'i:', heads = 'ih', should = idle, ids = keys['i:'] })
  for _, seat in pairs(idle) do
    for id, call in pairs(waiting) do
      if CAN[seat.set][call.set] or call.set == '@' .. seat.id then
        -- A declined call waits for its interval to end, if a timer ends it.
        local untilMs = string.match(' ' .. (seat.agent.skip or ''), '.* ' .. id .. '=(%d+)')
        if not untilMs then violate('I5', seat.id .. ' idles while ' .. id .. ' waits') end
        if untilMs and not run('ZSCORE', P .. 'due', seat.id) then violate('I11', seat.id .. ' would never be offered ' .. id .. ' again') end
      end
    end
  end
end

-- Offers that stand now and did not before: token, agent, call.
local function offers()
  local standing = {}
  for _, offer in ipairs(run('ZRANGE', P .. 'lease', 0, -1)) do standing[offer] = true end
  return standing
end

-- I14: beside a new offer nothing goes on that blocks it; but for what was offered after it in the same step, if that may go beside it.
local function checkBeside(id, call, before)
  local a = agentRecord(id)
  for other in pairs(words(a.blockedBy)) do
    local one = agentRecord(other)
    local isLater = one.res ~= '' and not before[one.res] and not words(a.blocks)[other]
    if not isLater then violate('I14', id .. ' is offered ' .. call .. ' beside what ' .. other .. ' does') end
  end
end

local function offersMade(before)
  local made = {}
  for offer in pairs(offers()) do
    if not before[offer] then
      local token, call = string.match(offer, '^([^.]*)%.(.*)$')
      local c = callRecord(call)
      local pool = agentRecord(tostring(c.agent)).pool
      checkBeside(tostring(c.agent), call, before)
      if not (CAN[pool] and CAN[pool][c.sig]) and c.sig ~= '@' .. tostring(c.agent) then violate('I9', tostring(c.agent) .. ' cannot serve ' .. call) end
      made[#made + 1] = token .. '|' .. tostring(c.agent) .. '|' .. call
    end
  end
  return made
end

return function(name, hasRequest, arguments, verb)
  verbName, given = name, arguments
  -- Verbs with a request get their arguments in one, each ended by NUL.
  if hasRequest then
    given = { arguments[1] }
    for one in string.gmatch(arguments[2], '([^%z]*)%z') do given[#given + 1] = one end
  end
  local before, isRepeat, was = offers(), false, nil
  if hasRequest then
    isRepeat = run('SADD', 'requests', given[2]) == 0
    if isRepeat then was = written() end
  end
  local reply = verb()
  -- Nothing was done: the client defines what is missing and asks again.
  if reply == 'undefined' then run('SREM', 'requests', given[2]) end
  if isRepeat and written() ~= was then violate('I12', 'a repeat changed something') end
  if name == 'accept' and type(reply) == 'string' and tonumber(reply) then
    local accepted = string.match(given[3], '%.(.*)$')
    if callRecord(accepted).res ~= given[3] then violate('I2', 'accepted another offer than the one sent') end
  end
  checkAll()
  run('RPUSH', 'operations', cjson.encode({ verb = name, args = given, reply = reply or '', isRepeat = isRepeat, made = offersMade(before) }))
  return reply
end
