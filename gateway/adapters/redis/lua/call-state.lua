-- uses: start keys fence records
-- What the queue knows of a call; of one that is over for a minute.
-- ARGV: nowMs, call
-- Returns { state or '', queue, queuedAt, agent's record or '', waitMs or '' }
local c = loadCall(ARGV[2])
return { c.st, c.queue, c.t0, c.agent, c.wait }
