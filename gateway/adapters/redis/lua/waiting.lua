-- uses: start keys fence records route
-- The call's place in the line of its queue, over all needs: how many of the queue come before it. In a personal line: of that line.
-- ARGV: nowMs, call
-- Returns queue, place (0 = next), queuedAt | nil
local c = loadCall(ARGV[2])
if c.st ~= 'queued' then return nil end
local place = 0
local lines = isPersonal(c.sig) and { c.sig } or run('SMEMBERS', P .. LINES .. c.queue)
for _, signature in ipairs(lines) do
  place = place + run('ZCOUNT', P .. QUEUED .. signature, '-inf', '(' .. c.score)
end
return { c.queue, place, c.t0 }
