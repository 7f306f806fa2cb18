#include "proxy/app/resolver.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <set>
#include <string>

using millrace::app::resolver;
using millrace::upstream::address_book;

namespace {

struct fixture {
    boost::asio::io_context context;
    resolver names{context};
    int calls = 0;
    std::shared_ptr<const address_book> got;

    void resolve(std::set<std::string> hosts) {
        names.resolve(std::move(hosts), [this](std::shared_ptr<const address_book> book) {
            ++calls;
            got = std::move(book);
        });
    }

    void run() {
        context.restart();
        context.run();
    }
};

}  // namespace

TEST_CASE("a name gets its addresses", "[app][resolver]") {
    fixture with;

    with.resolve({"localhost"});
    CHECK(with.calls == 0);
    with.run();

    REQUIRE(with.calls == 1);
    auto const* found = with.got->find("localhost");
    REQUIRE(found != nullptr);
    REQUIRE_FALSE(found->empty());
    auto const first = found->front().host_text();
    CHECK((first == "127.0.0.1" || first == "::1"));
    CHECK(with.names.book() == with.got);
}

TEST_CASE("addresses need no lookup", "[app][resolver]") {
    fixture with;

    with.resolve({"127.0.0.1", "::1"});
    CHECK(with.calls == 0);
    with.run();

    REQUIRE(with.calls == 1);
    CHECK(with.got->find("127.0.0.1") == nullptr);
    CHECK(with.got->find("::1") == nullptr);
}

TEST_CASE("no names are resolved as well", "[app][resolver]") {
    fixture with;

    with.resolve({});
    with.run();

    CHECK(with.calls == 1);
}

TEST_CASE("a name that is none has no addresses", "[app][resolver]") {
    fixture with;

    // The blank keeps every resolver from asking the network.
    with.resolve({"no such name", "localhost"});
    with.run();

    REQUIRE(with.calls == 1);
    CHECK(with.got->find("no such name") == nullptr);
    CHECK(with.got->find("localhost") != nullptr);
}

TEST_CASE("names of earlier lookups stay in the book", "[app][resolver]") {
    fixture with;
    with.resolve({"localhost"});
    with.run();

    with.resolve({});
    with.run();

    CHECK(with.calls == 2);
    CHECK(with.names.book()->find("localhost") != nullptr);
}

TEST_CASE("a newer lookup answers those who wait for an older one", "[app][resolver]") {
    fixture with;

    with.resolve({"no such name"});
    with.resolve({"127.0.0.1"});
    with.resolve({"localhost"});
    with.run();

    CHECK(with.calls == 3);
    CHECK(with.got->find("localhost") != nullptr);
}

TEST_CASE("a cancelled lookup calls nobody", "[app][resolver]") {
    fixture with;

    with.resolve({"localhost"});
    with.names.cancel();
    with.run();

    CHECK(with.calls == 0);
    CHECK(with.names.book()->find("localhost") == nullptr);
}
