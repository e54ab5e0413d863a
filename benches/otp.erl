%% The same measurements between two Erlang nodes. The bench compiles this, starts two
%% nodes, and types loads into the client: "LOAD SIZE COUNT" or "ask QUESTION CALLERS COUNT". The
%% answer is how many nanoseconds it took.
-module(otp).
-export([serve/0, client/1, memory/1]).
%% For kv.erl.
-export([until_eof/0, took/1, together/2, async/2, await/1]).
-export([echo/1, sink/2, answer/0, nothing/0, give/1]).
-export([init/1, handle_call/3, handle_cast/2, start_task/1, task/1]).

-define(WINDOW, 64).

%% ---- Roles

serve() ->
    {ok, _} = gen_server:start_link({local, server}, ?MODULE, server, []),
    {ok, _} = supervisor:start_link({local, tasks}, ?MODULE, tasks),
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
            run(work(string:lexemes(Line, " \n"), Node)),
            commands(Node)
    end.

work(["ask", Question, Callers, Count], Node) ->
    Each = list_to_integer(Count) div list_to_integer(Callers),
    fun() -> asks(list_to_atom(Question), Node, list_to_integer(Callers), Each) end;
work([Load, Size, Count], Node) ->
    Body = binary:copy(<<7>>, list_to_integer(Size)),
    fun() -> load(list_to_atom(Load), Node, Body, list_to_integer(Count)) end.

%% In a process of its own, so that nothing is left in a mailbox.
run(Work) ->
    {_, Monitor} = spawn_monitor(fun() -> exit({took, Work()}) end),
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
    took(fun() -> together(?WINDOW, fun() -> call(Answer, Body, Each) end) end);
load(spawns, Node, _, Count) ->
    process_flag(trap_exit, true),
    took(fun() -> spawns(Node, Count) end);
load(local_ping_pong, _, Body, Count) ->
    Me = self(),
    Echo = spawn(fun() -> echo(Me) end),
    took(fun() -> echoes(Echo, Body, Count, 1) end);
load(local_server_call, _, Body, Count) ->
    {ok, Server} = gen_server:start_link(?MODULE, server, []),
    took(fun() -> ask(fun() -> gen_server:call(Server, Body) end, Body, Count) end);
load(local_spawns, _, _, Count) ->
    Others = erlang:system_info(process_count),
    took(fun() -> local_spawns(Count), until_ended(Others) end).

asks(Question, Node, Callers, Each) ->
    Body = binary:copy(<<7>>, 16),
    Ask = case Question of
        server_call -> fun() -> gen_server:call({server, Node}, Body) end;
        erpc -> fun() -> erpc:call(Node, ?MODULE, give, [Body]) end;
        task -> fun() -> await(async({tasks, Node}, {?MODULE, give, [Body]})) end
    end,
    took(fun() -> together(Callers, fun() -> ask(Ask, Body, Each) end) end).

ask(_, _, 0) -> ok;
ask(Ask, Body, Count) -> Body = Ask(), ask(Ask, Body, Count - 1).

together(Callers, Work) ->
    All = [spawn_monitor(Work) || _ <- lists:seq(1, Callers)],
    [receive {'DOWN', Monitor, _, _, normal} -> ok end || {_, Monitor} <- All].

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

give(Body) -> Body.

%% One server, and one supervisor.
init(server) -> {ok, none};
init(tasks) ->
    Task = #{id => task, start => {?MODULE, start_task, []}, restart => temporary},
    {ok, {#{strategy => simple_one_for_one}, [Task]}}.

handle_call(Body, _, State) -> {reply, Body, State}.

handle_cast(_, State) -> {noreply, State}.

%% ---- Tasks. Elixir is not needed for the bench: this says what its
%% Task.Supervisor.async and Task.await say to each other, in plain Erlang.

async(Supervisor, Work) ->
    {ok, Task} = supervisor:start_child(Supervisor, [self()]),
    link(Task),
    Alias = monitor(process, Task, [{alias, demonitor}]),
    Task ! {self(), Alias, Work},
    Alias.

await(Alias) ->
    receive
        {Alias, Result} -> demonitor(Alias, [flush]), Result;
        {'DOWN', Alias, _, _, Reason} -> exit(Reason)
    end.

start_task(Owner) ->
    {ok, proc_lib:spawn_link(?MODULE, task, [Owner])}.

%% Until it knows what to do, the task watches who will say so.
task(Owner) ->
    Monitor = monitor(process, Owner),
    receive
        {Owner, Alias, {Module, Function, Arguments}} ->
            demonitor(Monitor, [flush]),
            Alias ! {Alias, apply(Module, Function, Arguments)};
        {'DOWN', Monitor, _, _, Reason} ->
            exit(Reason)
    end.
