#include "proxy/app/options.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string_view>
#include <vector>

using millrace::app::asks_for_help;
using millrace::app::options;

namespace {

const options::shape shape{{"-c", "--config", "--admin", "--token-file"}, {"--json", "-v"}};

std::optional<options> parse(const std::vector<std::string_view>& given) {
    return options::parse(given, shape);
}

}  // namespace

TEST_CASE("an option takes the next argument or what stands behind '='", "[app][options]") {
    for (auto const& given :
         {std::vector<std::string_view>{"-c", "file"},
          {"--config", "file"},
          {"--config=file"},
          {"-c=file"},
          {"-c", "other", "--config=file"}}) {
        auto const parsed = parse(given);
        REQUIRE(parsed);
        CHECK(parsed->value("-c", "--config") == "file");
    }
}

TEST_CASE("values may be empty, hold '=' or begin with '-'", "[app][options]") {
    CHECK(parse({"-c", ""})->value("-c", "--config") == "");
    CHECK(parse({"--config="})->value("-c", "--config") == "");
    CHECK(parse({"--config=a=b"})->value("-c", "--config") == "a=b");
    CHECK(parse({"-c", "-v"})->value("-c", "--config") == "-v");
}

TEST_CASE("an option that was not given has no value", "[app][options]") {
    auto const parsed = parse({"--admin", "here"});

    CHECK_FALSE(parsed->value("-c", "--config"));
    CHECK(parsed->value("", "--admin") == "here");
}

TEST_CASE("flags and other arguments are found in any order", "[app][options]") {
    auto const parsed = parse({"route", "--json", "a=1", "-c", "x", "b=2"});

    REQUIRE(parsed);
    CHECK(parsed->has("--json"));
    CHECK_FALSE(parsed->has("-v"));
    CHECK(parsed->rest() == std::vector<std::string_view>{"route", "a=1", "b=2"});
}

TEST_CASE("nothing is a valid command line", "[app][options]") {
    auto const parsed = parse({});

    REQUIRE(parsed);
    CHECK(parsed->rest().empty());
}

TEST_CASE("what is unknown or incomplete is refused", "[app][options]") {
    for (auto const& given :
         {std::vector<std::string_view>{"--unknown"},
          {"-x"},
          {"--unknown=1"},
          {"--json=1"},
          {"--configuration", "x"},
          {"-c"},
          {"a", "--config"},
          {"-"},
          {"--"}}) {
        CAPTURE(given);
        CHECK_FALSE(parse(given));
    }
}

TEST_CASE("help is asked for anywhere", "[app][options]") {
    auto const asks = [](const std::vector<std::string_view>& given) {
        return asks_for_help(given);
    };

    CHECK(asks({"--help"}));
    CHECK(asks({"route", "-h"}));
    CHECK_FALSE(asks({}));
    CHECK_FALSE(asks({"help", "-help", "--helpx"}));
}

TEST_CASE("an admin address is a host with a port or a path", "[app][options]") {
    for (auto const* address : {"127.0.0.1:9901", "[::1]:9901", "unix:/run/millrace.sock"}) {
        CAPTURE(address);
        CHECK(millrace::app::admin_client_of(*parse({"--admin", address})));
    }
    for (auto const* address : {"127.0.0.1:port", "127.0.0.1:99999", ""}) {
        CAPTURE(address);
        CHECK_FALSE(millrace::app::admin_client_of(*parse({"--admin", address})));
    }
}

TEST_CASE("a configuration that cannot be read yields no admin client", "[app][options]") {
    CHECK_FALSE(millrace::app::admin_client_of(*parse({"-c", "/no/such/file.yaml"})));
    CHECK(millrace::app::admin_client_of(*parse({})));
}
