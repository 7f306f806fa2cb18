#include "proxy/server/forwarding.hpp"

#include "proxy/http/field_names.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace millrace::server;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::field;
using millrace::field_id;
namespace http = millrace::http;
namespace routing = millrace::routing;
using path_kind = enum routing::match_params::path_kind;
using edits = routing::header_edits;

namespace {

constexpr std::string_view parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A request on its way, and everything that has a say in what becomes of it.
struct fixture {
    millrace::net::worker loop;
    millrace::metrics::worker_metrics metrics;
    std::shared_ptr<id_settings> ids =
        std::make_shared<id_settings>(id_settings{{}, id_signer{{{1, {1, 2}}}}, 1});
    std::shared_ptr<listener_settings> listener = std::make_shared<listener_settings>();
    worker_context context{
        loop,
        metrics,
        ids,
        nullptr,
        nullptr,
        0,
        millrace::random_source{1},
        {},
        0,
        false,
        false,
        {},
        {},
        {},
        {},
        {}};
    client_info client{"192.0.2.7", false, listener};
    routing::route_params route_params;
    routing::backend_params backend;
    http::request_head request;
    std::string request_id = "rid";

    fixture() {
        request.method = http::method::get;
        request.method_name = "GET";
        request.target = "/a?b";
        request.path = "/a";
        request.query = "b";
        request.has_query = true;
        request.authority = "client.test";
        // Each test adds what it is about.
        listener->params.forwarding.x_forwarded = false;
        listener->params.forwarding.via = false;
        ids->params.trace_context = false;
    }

    void add(std::string_view name, std::string_view value) {
        request.fields.push_back({name, value, http::field_id_of(name)});
    }

    const http::request_head& forward() {
        routing::route route;
        route.params = &route_params;
        make_upstream_request(
            context,
            {.request = request,
             .client = client,
             .route = route,
             .backend = backend,
             .authority = "up.test:81",
             .request_id = request_id}
        );
        return context.upstream_request;
    }

    /// The values of a field of the forwarded request, joined by '|'.
    std::string forwarded(std::string_view name) {
        std::string values;
        for (auto const& each : forward().fields) {
            if (each.name == name) {
                values += (values.empty() ? "" : "|") + std::string{each.value};
            }
        }
        return values;
    }
};

std::string text_of(const std::vector<field>& fields) {
    std::string text;
    for (auto const& each : fields) {
        text += std::string{each.name} + "=" + std::string{each.value} + " ";
    }
    return text;
}

using names = std::vector<std::string>;
using values = std::vector<edits::named_value>;

std::string edited(const edits& by) {
    std::vector<field> fields{{"A", "1"}, {"B", "2"}, {"a", "3"}};
    apply_edits(fields, by);
    return text_of(fields);
}

}  // namespace

TEST_CASE("edits remove, then set, then add", "[server][forwarding]") {
    CHECK(edited({}) == "A=1 B=2 a=3 ");
    CHECK(edited({names{"a"}, {}, {}}) == "B=2 ");
    CHECK(edited({{}, values{{"A", "new"}}, {}}) == "B=2 A=new ");
    CHECK(edited({{}, {}, values{{"A", "more"}}}) == "A=1 B=2 a=3 A=more ");
    CHECK(edited({names{"A"}, values{{"a", "x"}}, values{{"a", "y"}}}) == "B=2 a=x a=y ");
    CHECK(edited({names{"none"}, values{{"C", ""}}, {}}) == "A=1 B=2 a=3 C= ");
}

TEST_CASE("an upgrade passes when the route lists it, h2c never", "[server][forwarding]") {
    std::vector<std::string> const listed{"websocket", "chat/2"};

    CHECK(allowed_upgrade("websocket", listed) == "websocket");
    CHECK(allowed_upgrade("WebSocket", listed) == "WebSocket");
    CHECK(allowed_upgrade("h2c, chat/2, websocket", listed) == "chat/2");
    CHECK(allowed_upgrade("", listed).empty());
    CHECK(allowed_upgrade("other", listed).empty());
    CHECK(allowed_upgrade("websocketx", listed).empty());
    CHECK(allowed_upgrade("websocket", {}).empty());
    CHECK(allowed_upgrade("h2c", std::vector<std::string>{"h2c", "H2C"}).empty());
    CHECK(allowed_upgrade("H2C", std::vector<std::string>{"h2c"}).empty());
}

TEST_CASE("what a request is about passes unchanged", "[server][forwarding]") {
    fixture with;
    with.request.method_name = "PROPFIND";
    with.request.method = http::method::other;
    with.request.body = {http::body_length::kind::known, 12};
    with.request.expects_continue = true;
    with.request.upgrade = "h2c, websocket";
    with.add("Accept", "*/*");
    with.add("X-Twice", "1");
    with.add("X-Twice", "2");
    with.add("Cookie", "a=b");

    auto const& out = with.forward();

    CHECK(out.method_name == "PROPFIND");
    CHECK(out.target == "/a?b");
    CHECK(out.body.bytes == 12);
    CHECK(out.expects_continue);
    CHECK(out.upgrade == "websocket");
    CHECK(text_of(out.fields) == "Accept=*/* X-Twice=1 X-Twice=2 Cookie=a=b x-request-id=rid ");
}

TEST_CASE("nothing of the last request is left in the next one", "[server][forwarding]") {
    fixture with;
    with.add("X-A", "1");
    with.request.upgrade = "websocket";
    (void)with.forward();

    with.request = {};
    with.request.target = "/";
    auto const& out = with.forward();

    CHECK(text_of(out.fields) == "x-request-id=rid ");
    CHECK(out.upgrade.empty());
    CHECK_FALSE(out.expects_continue);
    CHECK(out.body.kind == http::body_length::kind::none);
}

TEST_CASE("Host is the endpoint's unless the client's is preserved", "[server][forwarding]") {
    fixture with;
    CHECK(with.forward().authority == "up.test:81");

    with.backend.preserve_host = true;
    CHECK(with.forward().authority == "client.test");

    with.request.authority = {};
    CHECK(with.forward().authority == "up.test:81");
}

TEST_CASE("forwarding fields of strangers are removed", "[server][forwarding]") {
    fixture with;
    for (auto const* name :
         {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"}) {
        with.add(name, "forged");
    }

    CHECK(text_of(with.forward().fields) == "x-request-id=rid ");
    with.listener->params.forwarding.x_forwarded = true;
    with.listener->params.forwarding.forwarded = true;
    CHECK(text_of(with.forward().fields).find("forged") == std::string::npos);
}

TEST_CASE("the client is told upstream", "[server][forwarding]") {
    fixture with;
    with.listener->params.forwarding.x_forwarded = true;

    CHECK(with.forwarded("X-Forwarded-For") == "192.0.2.7");
    CHECK(with.forwarded("X-Forwarded-Proto") == "http");
    CHECK(with.forwarded("X-Forwarded-Host") == "client.test");

    with.request.authority = {};
    CHECK(with.forwarded("X-Forwarded-Host").empty());
}

TEST_CASE("fields of trusted proxies are kept and appended to", "[server][forwarding]") {
    fixture with;
    with.client.is_trusted_proxy = true;
    with.listener->params.forwarding.x_forwarded = true;
    with.add("X-Forwarded-For", "203.0.113.1");
    with.add("X-Forwarded-For", "203.0.113.2, 203.0.113.3");
    with.add("X-Forwarded-Proto", "https");
    with.add("X-Forwarded-Host", "outer.test");

    CHECK(with.forwarded("X-Forwarded-For") == "203.0.113.1, 203.0.113.2, 203.0.113.3, 192.0.2.7");
    CHECK(with.forwarded("X-Forwarded-Proto") == "https");
    CHECK(with.forwarded("X-Forwarded-Host") == "outer.test");

    // Without fields of our own, those of the trusted proxy still pass.
    with.listener->params.forwarding.x_forwarded = false;
    CHECK(with.forwarded("X-Forwarded-For") == "203.0.113.1, 203.0.113.2, 203.0.113.3");
    CHECK(with.forwarded("X-Forwarded-Proto") == "https");
}

TEST_CASE("Forwarded names the client, in quotes when it is IPv6", "[server][forwarding]") {
    fixture with;
    with.listener->params.forwarding.forwarded = true;
    CHECK(with.forwarded("Forwarded") == "for=192.0.2.7;proto=http;host=\"client.test\"");

    with.client.ip = "2001:db8::7";
    CHECK(with.forwarded("Forwarded") == "for=\"[2001:db8::7]\";proto=http;host=\"client.test\"");

    with.client.is_trusted_proxy = true;
    with.add("Forwarded", "for=203.0.113.1");
    CHECK(
        with.forwarded("Forwarded") ==
        "for=203.0.113.1|for=\"[2001:db8::7]\";proto=http;host=\"client.test\""
    );
}

TEST_CASE("Via tells the version that the client spoke", "[server][forwarding]") {
    fixture with;
    with.listener->params.forwarding.via = true;
    with.add("Via", "1.0 other");
    CHECK(with.forwarded("Via") == "1.0 other|1.1 millrace");

    with.request.is_http10 = true;
    CHECK(with.forwarded("Via") == "1.0 other|1.0 millrace");
}

TEST_CASE("the request id replaces what the client sent", "[server][forwarding]") {
    fixture with;
    with.add("X-Request-Id", "theirs");
    CHECK(text_of(with.forward().fields) == "x-request-id=rid ");

    // Turned off: an ordinary field.
    with.ids->params.request_id = false;
    with.request_id.clear();
    CHECK(text_of(with.forward().fields) == "X-Request-Id=theirs ");
}

TEST_CASE("ids of answers are not taken from requests", "[server][forwarding]") {
    fixture with;
    with.add("x-millrace-id", "forged");
    with.add("X-Millrace-Version", "forged");

    CHECK(text_of(with.forward().fields) == "x-request-id=rid ");
}

TEST_CASE("a trace goes on, or begins", "[server][forwarding]") {
    fixture with;
    with.ids->params.trace_context = true;

    auto const begun = with.forwarded("traceparent");
    CHECK(begun.size() == traceparent_bytes);
    CHECK(with.forwarded("traceparent") != begun);

    with.add("traceparent", parent);
    with.add("tracestate", "vendor=1");
    CHECK(with.forwarded("traceparent") == parent);
    CHECK(with.forwarded("tracestate") == "vendor=1");
}

TEST_CASE("a broken trace is replaced together with its state", "[server][forwarding]") {
    fixture with;
    with.ids->params.trace_context = true;
    with.add("tracestate", "vendor=1");
    with.add("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01");

    CHECK(with.forwarded("traceparent").size() == traceparent_bytes);
    CHECK(with.forwarded("traceparent").find("b7ad6b7169203331") == std::string::npos);
    CHECK(with.forwarded("tracestate").empty());
}

TEST_CASE("of two traceparents only the first valid one passes", "[server][forwarding]") {
    fixture with;
    with.add("traceparent", parent);
    with.add("traceparent", "00-11111111111111111111111111111111-2222222222222222-01");

    CHECK(with.forwarded("traceparent") == parent);
}

TEST_CASE("Max-Forwards of OPTIONS counts down", "[server][forwarding]") {
    fixture with;
    with.request.method = http::method::options;
    with.request.method_name = "OPTIONS";
    with.add("Max-Forwards", "10");
    CHECK(with.forwarded("Max-Forwards") == "9");

    with.request.method = http::method::get;
    CHECK(with.forwarded("Max-Forwards") == "10");
}

TEST_CASE("the target is mapped as route and backend say", "[server][forwarding]") {
    fixture with;
    with.backend.url_path = "/v2";
    CHECK(with.forward().target == "/v2/a?b");

    with.route_params.match.path = path_kind::prefix;
    with.route_params.match.path_value = "/a";
    CHECK(with.forward().target == "/v2?b");

    with.route_params.match.path = path_kind::exact;
    with.backend.url_query = "version=7";
    CHECK(with.forward().target == "/v2?b&version=7");

    with.backend.url_path = "/";
    CHECK(with.forward().target == "/?b&version=7");

    with.route_params.match.path = path_kind::any;
    with.backend.url_query.clear();
    CHECK(with.forward().target == "/a?b");
}

TEST_CASE("a target is mapped anew for each request", "[server][forwarding]") {
    fixture with;
    with.backend.url_path = "/v2";
    (void)with.forward();

    with.request.target = "/";
    with.request.path = "/";
    with.request.has_query = false;
    CHECK(with.forward().target == "/v2/");
}

TEST_CASE(
    "edits of backend and route come last, the route's after the backend's", "[server][forwarding]"
) {
    fixture with;
    with.listener->params.forwarding.x_forwarded = true;
    with.add("X-A", "1");
    with.backend.request_headers = {names{"x-forwarded-for"}, values{{"X-A", "backend"}}, {}};
    with.route_params.request_headers = {{}, values{{"X-A", "route"}}, values{{"X-B", "new"}}};

    CHECK(with.forwarded("X-Forwarded-For").empty());
    CHECK(with.forwarded("X-A") == "route");
    CHECK(with.forwarded("X-B") == "new");
}
