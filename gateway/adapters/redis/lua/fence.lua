-- Time, as a number and as text, and what makes a repeated request recognisable. US is ASCII's unit separator.
local US = '\31'
local LOG_LENGTH = 96 -- the last eight requests: eleven characters and a mark each

local now, at = tonumber(ARGV[1]), ARGV[1]
if now == 0 then
  local time = redis.call('TIME')
  at = time[1] .. string.format('%03d', math.floor(time[2] / 1000))
  now = tonumber(at)
end

-- nil: this request is new to the record. true: it was carried out. false: it was refused.
local function seen(record, request)
  local _, last = string.find(record.log, request, 1, true)
  return last and string.sub(record.log, last + 1, last + 1) ~= '!'
end

local function remember(record, request)
  record.log = string.sub(request .. ' ' .. record.log, 1, LOG_LENGTH)
end

-- A refusal is remembered too: a repeat of it must not succeed later.
local function refuse(save, record, request, refusal)
  if seen(record, request) == nil then
    record.log = string.sub(request .. '!' .. record.log, 1, LOG_LENGTH)
    save(record)
  end
  return refusal
end
