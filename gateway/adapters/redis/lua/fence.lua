-- Time, and what makes a repeated request recognisable. US and RS are ASCII's unit and record separators.
local US = '\31'
local RS = '\30'
local LOG_LENGTH = 250 -- three to ten requests

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
  record.log = string.sub(RS .. request .. US .. reply .. (record.log == '' and RS or record.log), 1, LOG_LENGTH)
  return reply
end
