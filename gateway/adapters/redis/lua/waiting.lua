-- uses: start keys fence records seats route
-- The call's place in the line of its queue, over all needs: how many come before it, of the queue or for the one agent it waits for. So
-- whoever stops waiting for that agent does not stand further behind than was said.
-- ARGV: nowMs, call
-- Returns queue, place (0 = next), queuedAt | nil
local c = loadCall(ARGV[2])
if c.st ~= 'queued' then return nil end
local place = 0
local lines = run('SMEMBERS', P .. LINES .. c.queue)
if isPersonal(c.sig) then lines[#lines + 1] = c.sig end
for _, signature in ipairs(lines) do
  place = place + run('ZCOUNT', P .. QUEUED .. signature, '-inf', '(' .. c.score)
end
return { c.queue, place, c.t0 }
