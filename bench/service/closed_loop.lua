-- For wrk: posts the forms in turn on each connection and writes down what came, raw.
--
-- wrk [options] URL FOLDER COUNT CONTENT_TYPE, with as many threads as connections: a thread's
-- answers then come in the order of its requests, so that each is known to belong to its picture.
-- FOLDER holds the forms as 0.form, 1.form, ...; every thread writes exchanges-N.tsv into it:
-- picture, due, sent and answered in ns of CLOCK_MONOTONIC, status, body. In a closed loop a
-- request is due when it is sent. wrk's own latencies aren't used: it adds made-up ones to them.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } slimbench_time;
int clock_gettime(int clock, slimbench_time *now);
]]
local CLOCK_MONOTONIC = 1
local time = ffi.new("slimbench_time")

local function now_ns()
   ffi.C.clock_gettime(CLOCK_MONOTONIC, time)
   return tonumber(time.seconds) * 1e9 + tonumber(time.nanoseconds)
end

local threads = 0

function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

local forms, count, output = {}, 0, nil
local place, sent_ns, pending = 0, 0, false
local tried = false -- wrk asks its first thread for one request that it only looks at

function init(arguments)
   local folder = arguments[1]
   count = tonumber(arguments[2])
   local headers = { ["Content-Type"] = arguments[3] }
   for picture = 0, count - 1 do
      local file = assert(io.open(folder .. "/" .. picture .. ".form", "rb"))
      forms[picture] = wrk.format("POST", nil, headers, file:read("*a"))
      file:close()
   end
   output = assert(io.open(folder .. "/exchanges-" .. number .. ".tsv", "w"))
   place = number % count -- the threads don't all ask the same at the same time
end

local function note(status, body)
   local line = "%d\t%.0f\t%.0f\t%.0f\t%d\t%s\n"
   output:write(line:format(place, sent_ns, sent_ns, now_ns(), status, (body:gsub("[\r\n\t]", " "))))
end

function request()
   if number == 1 and not tried then
      tried = true
      return forms[place]
   end
   if pending then -- the connection was closed without an answer
      note(0, "the connection was closed")
   end
   place = (place + 1) % count
   pending, sent_ns = true, now_ns()
   return forms[place]
end

function response(status, _, body)
   note(status, body)
   pending = false
end
