-- uses: start keys fence records
-- An agent's seats of one channel.
-- ARGV: nowMs, agent's record (seats.lua)
-- Returns { state, since, reason, offered call, offer, when the offer expires or '', open calls (a list), what the agent wants after that or '' }
local a = loadAgent(ARGV[2])
if a.st ~= 'reserved' then return { a.st == '' and 'loggedOut' or a.st, a.since, a.reason, '', '', '', a.open, a.want } end
return { a.st, a.since, '', a.call, a.res, run('ZSCORE', P .. LEASES, a.res) or '', a.open, a.want }
