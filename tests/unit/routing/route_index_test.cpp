#include "proxy/routing/route_index.hpp"

#include "proxy/base/random.hpp"

#include <catch2/catch.hpp>

namespace millrace::routing {

namespace {

using path_kind = match_params::path_kind;

/// Draws tables and requests out of few names, so that they meet often.
class world {
 public:
    explicit world(std::uint64_t seed) : random_(seed) {}

    std::vector<route_params> table(std::size_t size) {
        std::vector<route_params> routes(size);
        for (auto& route : routes) {
            route.name = "r";
            route.match = match();
        }
        return routes;
    }

    std::string path() {
        std::string text;
        for (std::uint32_t i = 0; i < 1 + random_.below(3); ++i) {
            text += one_of({"/a", "/b", "/ab", "/a1", "/"});
        }
        return random_.below(40) == 0 ? "*" : text;
    }

    std::string host() {
        return one_of(
            {"", "a.com", "A.com:80", "x.a.com", "y.x.A.com", "b.com", "c.b.com:1", "[::1]:8"}
        );
    }

    std::string one_of(std::initializer_list<const char*> choices) {
        return choices.begin()[random_.below(static_cast<std::uint32_t>(choices.size()))];
    }

 private:
    match_params match() {
        match_params drawn;
        drawn.host = one_of({"", "", "", "a.com", "b.com", "*.a.com", "*.x.a.com", "[::1]"});
        drawn.path = static_cast<path_kind>(random_.below(random_.below(3) == 0 ? 4 : 3) % 4);
        if (drawn.path == path_kind::any && random_.below(3) != 0) {
            drawn.path = path_kind::exact;
        }
        if (drawn.path == path_kind::regex) {
            drawn.path_value = one_of({"/a.*", "/[ab]/.*", ".*1", "/(a|ab)(/b)?", "/.*/"});
        } else if (drawn.path != path_kind::any) {
            drawn.path_value = path();
        }
        if (random_.below(4) == 0) {
            drawn.methods = {one_of({"GET", "POST"})};
        }
        if (random_.below(6) == 0) {
            drawn.headers = {{"h", value_match::kind::exact, one_of({"1", "2"})}};
        }
        return drawn;
    }

    random_source random_;
};

route_params route_of(path_kind kind, std::string value, std::string host = {}) {
    route_params route;
    route.name = value + host;
    route.match.host = std::move(host);
    route.match.path = kind;
    route.match.path_value = std::move(value);
    return route;
}

std::optional<std::uint32_t> found_in(
    const std::vector<route_params>& routes, std::string_view host, std::string_view path
) {
    std::vector<std::string> errors;
    route_index const index{routes, errors};
    REQUIRE(errors.empty());
    return index.find({"GET", host, path, {}, {}, {}, {}});
}

}  // namespace

// The index must answer as the plain loop does, whatever the table and the request.
TEST_CASE("the index finds what asking every route finds", "[routing]") {
    world drawn{2024};
    int matched = 0;
    for (std::size_t size : {1, 4, 5, 8, 20, 60, 200}) {
        for (int round = 0; round < 40; ++round) {
            std::vector<std::string> errors;
            auto const routes = drawn.table(size);
            route_index const index{routes, errors};
            REQUIRE(errors.empty());
            for (int i = 0; i < 200; ++i) {
                auto const host = drawn.host();
                auto const path = drawn.path();
                auto const method = drawn.one_of({"GET", "POST", "PUT"});
                auto const header = drawn.one_of({"1", "2", "3"});
                std::vector<field> const fields{{"H", header}};
                request_view const request{method, host, path, {}, fields, {}, {}};

                auto const found = index.find(request);

                CAPTURE(size, host, path, method);
                REQUIRE(found == index.find_linear(request));
                matched += found ? 1 : 0;
            }
        }
    }
    CHECK(matched > 20'000);
}

TEST_CASE("the first match wins, whatever kind it is", "[routing]") {
    std::vector<route_params> routes{
        route_of(path_kind::prefix, "/a/b"),
        route_of(path_kind::regex, "/a/.*"),
        route_of(path_kind::exact, "/a/b"),
        route_of(path_kind::exact, "/a/c"),
        route_of(path_kind::prefix, "/"),
        route_of(path_kind::any, ""),
        route_of(path_kind::exact, "/never"),
        route_of(path_kind::regex, "/never"),
    };

    CHECK(found_in(routes, "", "/a/b") == 0);
    CHECK(found_in(routes, "", "/a/c") == 1);
    CHECK(found_in(routes, "", "/never") == 4);
    CHECK(found_in(routes, "", "*") == 5);
}

TEST_CASE("a route of any host goes before a later one of the very host", "[routing]") {
    std::vector<route_params> routes{
        route_of(path_kind::prefix, "/x"),
        route_of(path_kind::prefix, "/", "a.com"),
        route_of(path_kind::prefix, "/", "*.com"),
        route_of(path_kind::prefix, "/y", "b.a.com"),
        route_of(path_kind::prefix, "/", "*.a.com"),
    };

    CHECK(found_in(routes, "A.com:1", "/x/1") == 0);
    CHECK(found_in(routes, "A.com:1", "/y") == 1);
    CHECK(found_in(routes, "b.a.com", "/y") == 2);
    CHECK_FALSE(found_in(routes, "", "/y").has_value());
    CHECK_FALSE(found_in(routes, std::string(300, 'a') + ".com", "/y").has_value());
}

TEST_CASE("an empty index finds nothing", "[routing]") {
    CHECK_FALSE(found_in({}, "a.com", "/").has_value());
}

TEST_CASE("an error names the route", "[routing]") {
    std::vector<route_params> const routes{
        route_of(path_kind::any, ""), route_of(path_kind::regex, "(", "h")};
    std::vector<std::string> errors;

    route_index const index{routes, errors};

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("route '(h': path expression") == 0);
}

}  // namespace millrace::routing
