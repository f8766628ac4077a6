-- What every verb starts with: the tenant's prefix, the time as a number and as text, and Redis's functions as locals, which cost a third of
-- globals. They are bound at the first call: while a library is loaded they are out of its reach.
local P, now, at
local run, find, match, sub, format, fields

local function start(prefix, nowMs)
  if not run then run, find, match, sub, format, fields = redis.call, string.find, string.match, string.sub, string.format, struct.unpack end
  P, now, at = prefix, tonumber(nowMs), nowMs
  if now == 0 then
    local time = run('TIME')
    at = time[1] .. sub('00000' .. time[2], -6, -4)
    now = tonumber(at)
  end
end
