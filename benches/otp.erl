%% The same measurements between two Erlang nodes. The bench compiles this, starts two
%% nodes, and types loads into the client: "LOAD SIZE COUNT". The answer is how many
%% nanoseconds it took.
-module(otp).
-export([serve/0, client/1, memory/1]).
-export([echo/1, sink/2, answer/0, nothing/0]).

-define(WINDOW, 64).

%% ---- Roles

serve() ->
    io:format("ready~n"),
    until_eof().

until_eof() ->
    case io:get_line("") of
        eof -> halt(0, [{flush, false}]);
        _ -> until_eof()
    end.

client([Server]) ->
    Node = list_to_atom(Server),
    true = net_kernel:connect_node(Node),
    io:format("ready~n"),
    commands(Node).

commands(Node) ->
    case io:get_line("") of
        eof ->
            halt(0, [{flush, false}]);
        Line ->
            [Load, Size, Count] = string:lexemes(Line, " \n"),
            run(list_to_atom(Load), Node, list_to_integer(Size), list_to_integer(Count)),
            commands(Node)
    end.

%% In a process of its own, so that nothing is left in a mailbox.
run(Load, Node, Size, Count) ->
    Body = binary:copy(<<7>>, Size),
    {_, Monitor} = spawn_monitor(fun() -> exit({took, load(Load, Node, Body, Count)}) end),
    receive
        {'DOWN', Monitor, process, _, {took, Time}} -> io:format("~b~n", [Time]);
        {'DOWN', Monitor, process, _, Other} -> io:format("~0p~n", [Other])
    end.

%% Bytes of memory per idle process.
memory([Count]) ->
    N = list_to_integer(Count),
    Before = resident(),
    [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, N)],
    timer:sleep(500),
    io:format("~b~n", [(resident() - Before) div N]),
    halt(0, [{flush, true}]).

%% /proc has files without a size, which file:read_file/1 reads all the same.
resident() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kilobytes]} = re:run(Status, "VmRSS:\\s+(\\d+)", [{capture, [1], list}]),
    list_to_integer(Kilobytes) * 1024.

%% ---- Loads

load(ping_pong, Node, Body, Count) ->
    Echo = spawn(Node, ?MODULE, echo, [self()]),
    took(fun() -> echoes(Echo, Body, Count, 1) end);
load(window, Node, Body, Count) ->
    Echo = spawn(Node, ?MODULE, echo, [self()]),
    took(fun() -> echoes(Echo, Body, Count, ?WINDOW) end);
load(casts, Node, Body, Count) ->
    Sink = spawn(Node, ?MODULE, sink, [self(), 0]),
    took(fun() ->
        cast(Sink, Body, Count),
        Sink ! count,
        receive {counted, Count} -> ok end
    end);
load(callers, Node, Body, Count) ->
    Answer = spawn(Node, ?MODULE, answer, []),
    Each = Count div ?WINDOW,
    took(fun() ->
        Callers = [spawn_monitor(fun() -> call(Answer, Body, Each) end)
                   || _ <- lists:seq(1, ?WINDOW)],
        [receive {'DOWN', Monitor, _, _, normal} -> ok end || {_, Monitor} <- Callers]
    end);
load(spawns, Node, _, Count) ->
    process_flag(trap_exit, true),
    took(fun() -> spawns(Node, Count) end);
load(local_ping_pong, _, Body, Count) ->
    Me = self(),
    Echo = spawn(fun() -> echo(Me) end),
    took(fun() -> echoes(Echo, Body, Count, 1) end);
load(local_spawns, _, _, Count) ->
    Others = erlang:system_info(process_count),
    took(fun() -> local_spawns(Count), until_ended(Others) end).

took(Work) ->
    Start = erlang:monotonic_time(nanosecond),
    Work(),
    erlang:monotonic_time(nanosecond) - Start.

echoes(Echo, Body, Count, Window) ->
    [Echo ! {ping, Body} || _ <- lists:seq(1, Window)],
    echoes(Echo, Body, Count, Count - Window, 0).

echoes(_, _, Count, _, Count) ->
    ok;
echoes(Echo, Body, Count, ToSend, Received) ->
    receive {ping, _} -> ok end,
    ToSend > 0 andalso (Echo ! {ping, Body}),
    echoes(Echo, Body, Count, ToSend - 1, Received + 1).

cast(_, _, 0) -> ok;
cast(Sink, Body, Count) -> Sink ! {ping, Body}, cast(Sink, Body, Count - 1).

call(_, _, 0) ->
    ok;
call(Answer, Body, Count) ->
    Answer ! {call, self(), Body},
    receive {ping, _} -> ok end,
    call(Answer, Body, Count - 1).

spawns(_, 0) ->
    ok;
spawns(Node, Count) ->
    Pid = spawn_link(Node, ?MODULE, nothing, []),
    receive {'EXIT', Pid, _} -> ok end,
    spawns(Node, Count - 1).

local_spawns(0) -> ok;
local_spawns(Count) -> spawn(?MODULE, nothing, []), local_spawns(Count - 1).

until_ended(Others) ->
    case erlang:system_info(process_count) > Others of
        true -> timer:sleep(1), until_ended(Others);
        false -> ok
    end.

%% ---- What the server runs. It ends when its client does, if that is on this node's
%% other side of the line; a run more or less of waiting processes costs nothing.

echo(Client) ->
    receive {ping, Body} -> Client ! {ping, Body} end,
    echo(Client).

sink(Client, Count) ->
    receive
        {ping, _} -> sink(Client, Count + 1);
        count -> Client ! {counted, Count}
    end.

answer() ->
    receive {call, From, Body} -> From ! {ping, Body} end,
    answer().

nothing() -> ok.
