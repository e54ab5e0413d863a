%% The key-value server of the guide "Mix and OTP", as far as the bench needs it, in plain
%% Erlang: a bucket is a gen_server, the registry is an ETS table that a gen_server fills, the
%% router starts a task on the other node, and a client has a process with {packet, line}.
%% Foo serves clients, and is told how many lookups to route to bar: "lookups CALLERS COUNT".
-module(kv).
-export([bar/0, foo/0, route/4, create/1, lookup/1]).
-export([init/1, handle_call/3, handle_cast/2]).

-define(TABLE, [{$a, $m, otp_foo@localhost}, {$n, $z, otp_bar@localhost}]).

%% ---- Roles

bar() ->
    start(),
    io:format("ready~n"),
    otp:until_eof().

foo() ->
    start(),
    {ok, Listener} = gen_tcp:listen(0, [binary, {packet, line}, {active, false},
                                        {ip, {127, 0, 0, 1}}, {nodelay, true}]),
    {ok, Port} = inet:port(Listener),
    spawn_link(fun() -> accept(Listener) end),
    io:format("~b~n", [Port]),
    commands().

start() ->
    kv = ets:new(kv, [named_table, public, {read_concurrency, true}]),
    {ok, _} = gen_server:start_link({local, registry}, ?MODULE, registry, []),
    {ok, _} = supervisor:start_link({local, tasks}, otp, tasks).

commands() ->
    case io:get_line("") of
        eof ->
            halt(0, [{flush, false}]);
        Line ->
            ["lookups", Callers, Count] = string:lexemes(Line, " \n"),
            All = list_to_integer(Callers),
            Each = list_to_integer(Count) div All,
            Took = otp:took(fun() -> otp:together(All, fun() -> lookups(Each) end) end),
            io:format("~b~n", [Took]),
            commands()
    end.

lookups(0) -> ok;
lookups(Count) -> {ok, _} = route(<<"world">>, ?MODULE, lookup, [<<"world">>]), lookups(Count - 1).

%% ---- Router

route(Bucket = <<First, _/binary>>, Module, Function, Arguments) ->
    [Node] = [Node || {From, To, Node} <- ?TABLE, First >= From, First =< To],
    case Node =:= node() of
        true ->
            apply(Module, Function, Arguments);
        false ->
            Work = {?MODULE, route, [Bucket, Module, Function, Arguments]},
            otp:await(otp:async({tasks, Node}, Work))
    end.

%% ---- Buckets

create(Name) -> gen_server:call(registry, {create, Name}).

lookup(Name) ->
    case ets:lookup(kv, Name) of
        [{_, Bucket}] -> {ok, Bucket};
        [] -> error
    end.

init(registry) -> {ok, none};
init(bucket) -> {ok, #{}}.

handle_call({create, Name}, _, State) ->
    case lookup(Name) of
        error ->
            {ok, Bucket} = gen_server:start_link(?MODULE, bucket, []),
            ets:insert(kv, {Name, Bucket}),
            {reply, Bucket, State};
        {ok, Bucket} ->
            {reply, Bucket, State}
    end;
handle_call({get, Key}, _, Bucket) -> {reply, maps:get(Key, Bucket, <<>>), Bucket};
handle_call({put, Key, Value}, _, Bucket) -> {reply, ok, Bucket#{Key => Value}}.

handle_cast(_, State) -> {noreply, State}.

%% ---- Clients

accept(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    Client = spawn(fun() -> receive go -> serve(Socket) end end),
    ok = gen_tcp:controlling_process(Socket, Client),
    Client ! go,
    accept(Listener).

serve(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Line} ->
            Words = binary:split(Line, [<<" ">>, <<"\r\n">>], [global, trim_all]),
            ok = gen_tcp:send(Socket, run(Words)),
            serve(Socket);
        {error, _} ->
            gen_tcp:close(Socket)
    end.

run([<<"CREATE">>, Bucket]) ->
    true = is_pid(route(Bucket, ?MODULE, create, [Bucket])),
    <<"OK\r\n">>;
run([<<"PUT">>, Bucket, Key, Value]) ->
    {ok, Pid} = route(Bucket, ?MODULE, lookup, [Bucket]),
    ok = gen_server:call(Pid, {put, Key, Value}),
    <<"OK\r\n">>;
run([<<"GET">>, Bucket, Key]) ->
    {ok, Pid} = route(Bucket, ?MODULE, lookup, [Bucket]),
    [gen_server:call(Pid, {get, Key}), <<"\r\nOK\r\n">>].
