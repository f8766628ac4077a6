-- What makes a repeated request recognisable. US is ASCII's unit separator.
local US = '\31'
local LOG_LENGTH = 96 -- the last eight requests: eleven characters and a mark each

-- nil: this request is new to the record. true: it was carried out. false: it was refused.
local function seen(record, request)
  local _, last = find(record.log, request, 1, true)
  return last and sub(record.log, last + 1, last + 1) ~= '!'
end

local function remember(record, request)
  record.log = sub(request .. ' ' .. record.log, 1, LOG_LENGTH)
end

-- A refusal is remembered too: a repeat of it must not succeed later.
local function refuse(save, record, request, refusal)
  if seen(record, request) == nil then
    record.log = sub(request .. '!' .. record.log, 1, LOG_LENGTH)
    save(record)
  end
  return refusal
end
