-- uses: start keys fence records outbox
-- Every agent signed in and the calls that wait or are offered, for operators and displays. Its cost follows their number.
-- ARGV: nowMs, the first and the last of each line, counted from 0; what is offered comes with the first ones
-- Returns { agents, calls }: agents = id, node, state …; calls = id, state, queue, node, queuedAt, score, signature, its
-- canonical text ('' for a personal line), agent offered to …
local agents, calls, offers = {}, {}, {}
local function add(c)
  local text = run('HGET', P .. SIGNATURES, c.sig) or ''
  for _, one in ipairs({ c.id, c.st, c.queue, c.node, c.t0, c.score, c.sig, text, c.agent }) do calls[#calls + 1] = one end
end
for _, id in ipairs(run('SMEMBERS', P .. ON)) do
  local a = loadAgent(id)
  agents[#agents + 1], agents[#agents + 2], agents[#agents + 3] = id, a.node, describe(a)
  if a.st == 'reserved' then offers[#offers + 1] = a.call end
end
for _, line in ipairs(run('ZRANGE', P .. HEADS, '0', '-1')) do
  for _, id in ipairs(run('ZRANGE', P .. QUEUED .. line, ARGV[2], ARGV[3])) do add(loadCall(id)) end
end
if ARGV[2] == '0' then
  for _, id in ipairs(offers) do add(loadCall(id)) end
end
return { agents, calls }
