#include "proxy/providers/request.hpp"

#include <catch2/catch.hpp>

using namespace millrace::providers;

namespace {

std::optional<std::string> secret(std::string_view name) {
    if (name == "token" || name == "key") {
        return "t0p";
    }
    if (name == "username" || name == "password") {
        return std::string{name};
    }
    return name == "broken" ? std::optional<std::string>{"a\nb"} : std::nullopt;
}

metric_params at(const std::string& url) {
    metric_params made;
    made.name = "m";
    made.url = url;
    made.jq = ".";
    return made;
}

const question about{"v1", {{"revision", "iris-1"}}, std::chrono::seconds{90}};

request made_of(const metric_params& metric, const question& whom = about) {
    auto found = prepare(metric, whom, secret);
    INFO(found.problem);
    REQUIRE(found.made);
    return *found.made;
}

std::string problem_of(const metric_params& metric) {
    auto const found = prepare(metric, about, secret);
    return found.made ? "" : found.problem;
}

}  // namespace

TEST_CASE("a URL says where to go", "[providers]") {
    auto const plain = made_of(at("http://prom.example:9090/api/v1/query"));
    CHECK_FALSE(plain.tls);
    CHECK(plain.host == "prom.example");
    CHECK(plain.port == 9090);
    CHECK(plain.authority == "prom.example:9090");
    CHECK(plain.target == "/api/v1/query");

    auto const secure = made_of(at("https://[::1]?a=b"));
    CHECK(secure.tls);
    CHECK(secure.host == "::1");
    CHECK(secure.port == 443);
    CHECK(secure.target == "/?a=b");
    CHECK(made_of(at("http://[::1]:80")).target == "/");
    CHECK(problem_of(at("http://x:port/")) == "the URL's port is none");
    CHECK_FALSE(problem_of(at("http://:80/")).empty());
}

TEST_CASE("params speak about the version, percent-encoded", "[providers]") {
    auto metric = at("http://p/q");
    metric.params = {
        {"query", "sum(rate(x{revision='$revision',name='$name'}[${elapsedTime}s]))"},
        {"step", "$interval"}};

    CHECK(
        made_of(metric).target ==
        "/q?query=sum%28rate%28x%7Brevision%3D%27iris-1%27%2Cname%3D%27v1%27%7D%5B90s%5D%29%29"
        "&step=90s"
    );
    metric.url = "http://p/q?a=b";
    metric.params = {{"c", "$token"}};
    CHECK(made_of(metric).target == "/q?a=b&c=%24token");
}

TEST_CASE("a rollout that has just begun has run for a second", "[providers]") {
    auto metric = at("http://p");
    metric.params = {{"t", "$elapsedTime"}};

    CHECK(made_of(metric, {"v", {}, std::chrono::seconds{0}}).target == "/?t=1");
    CHECK(made_of(metric, {"v", {}, std::chrono::seconds{-5}}).target == "/?t=1");
}

TEST_CASE("a variable may take the place of the name", "[providers]") {
    auto metric = at("http://p");
    metric.params = {{"n", "$name"}};

    CHECK(
        made_of(metric, {"v", {{"name", "other"}}, std::chrono::seconds{1}}).target == "/?n=other"
    );
}

TEST_CASE("secrets go into the URL and into headers, never into params", "[providers]") {
    auto metric = at("http://p/$key");
    metric.headers = {{"X-Api-Key", "${key}"}};
    metric.auth = auth_kind::api_key;
    CHECK(made_of(metric).target == "/$key");
    CHECK(made_of(metric).headers.at(0).value == "${key}");

    metric.secret_dir = "/run/secrets/x";
    CHECK(made_of(metric).target == "/t0p");
    CHECK(made_of(metric).headers.at(0).value == "t0p");
}

TEST_CASE("authentication fills in its header", "[providers]") {
    auto metric = at("http://p");
    metric.secret_dir = "/run/secrets/x";
    metric.auth = auth_kind::basic;
    CHECK(made_of(metric).headers.at(0).value == "Basic dXNlcm5hbWU6cGFzc3dvcmQ=");

    metric.auth = auth_kind::bearer;
    CHECK(made_of(metric).headers.at(0).value == "Bearer t0p");
    metric.headers = {{"authorization", "Bearer $key"}};
    CHECK(made_of(metric).headers.size() == 1);
    CHECK(made_of(metric).headers.at(0).value == "Bearer t0p");
}

TEST_CASE("a secret that is missing or no header is a problem, told without it", "[providers]") {
    auto metric = at("http://p");
    metric.auth = auth_kind::bearer;
    auto const none = [](std::string_view) { return std::optional<std::string>{}; };
    CHECK(prepare(metric, about, none).problem == "the secret 'token' is not there");
    metric.auth = auth_kind::basic;
    CHECK_FALSE(prepare(metric, about, none).made);

    metric.auth = auth_kind::api_key;
    metric.secret_dir = "/x";
    metric.headers = {{"X-Key", "$broken"}};
    CHECK(problem_of(metric) == "the header 'X-Key' holds control characters");
    metric.headers.clear();
    metric.url = "http://p/$broken";
    CHECK_FALSE(problem_of(metric).empty());
}

TEST_CASE("a body goes out with POST alone", "[providers]") {
    auto metric = at("http://p");
    metric.body = R"({"last": $elapsedTime, "filter": "service = '$name'"})";
    CHECK(made_of(metric).body.empty());

    metric.method = method::post;
    CHECK(made_of(metric).post);
    CHECK(made_of(metric).body == R"({"last": 90, "filter": "service = 'v1'"})");
}
