#include "proxy/admin/listening.hpp"

#include "temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <fstream>

using namespace millrace::admin;
using Catch::Matchers::Contains;

namespace {

struct fixture {
    boost::asio::io_context context;
    acceptor first{context};
    acceptor second{context};
    temporary_directory directory;
    millrace::admin::params where;

    ::mode_t mode_of(const std::string& path) {
        struct ::stat found {};

        REQUIRE(::lstat(path.c_str(), &found) == 0);
        return found.st_mode & 07777;
    }
};

}  // namespace

TEST_CASE_METHOD(fixture, "port 0 becomes the port that was free", "[admin][listen]") {
    where.port = 0;
    auto const made = listen_on(first, where);

    REQUIRE(made.error.empty());
    REQUIRE(made.port != 0);
    where.port = made.port;
    REQUIRE_THAT(listen_on(second, where).error, Contains("in use"));
}

TEST_CASE_METHOD(fixture, "IPv6 loopback is loopback", "[admin][listen]") {
    where.address = "::1";
    where.port = 0;
    auto const made = listen_on(first, where);
    if (made.error.find("assign requested address") != std::string::npos ||
        made.error.find("not supported") != std::string::npos) {
        WARN("no IPv6 on this machine: its port is NOT checked");
        return;
    }

    REQUIRE(made.error.empty());
    REQUIRE(made.port != 0);
}

TEST_CASE_METHOD(fixture, "beyond loopback one has to say insecure", "[admin][listen]") {
    where.address = "0.0.0.0";
    where.port = 0;
    REQUIRE_THAT(listen_on(first, where).error, Contains("insecure"));

    where.insecure = true;
    REQUIRE(listen_on(first, where).error.empty());
}

TEST_CASE_METHOD(fixture, "what is no address is an error", "[admin][listen]") {
    where.address = "localhost.example";

    REQUIRE_FALSE(listen_on(first, where).error.empty());
}

TEST_CASE_METHOD(fixture, "a Unix socket is this user's alone", "[admin][listen]") {
    where.unix_path = directory / "run/admin.sock";
    auto const mask = ::umask(0);
    auto const made = listen_on(first, where);
    ::umask(mask);

    REQUIRE(made.error.empty());
    REQUIRE(mode_of(where.unix_path) == 0600);
    REQUIRE(mode_of(directory / "run") == 0700);
}

TEST_CASE_METHOD(fixture, "a socket with a listener stays, a stale one goes", "[admin][listen]") {
    where.unix_path = directory / "admin.sock";
    REQUIRE(listen_on(first, where).error.empty());

    REQUIRE_THAT(listen_on(second, where).error, Contains("another process"));

    first.close();
    REQUIRE(listen_on(second, where).error.empty());
}

TEST_CASE_METHOD(fixture, "a file that is no socket is never removed", "[admin][listen]") {
    where.unix_path = directory / "precious";
    std::ofstream{where.unix_path} << "data";

    REQUIRE_THAT(listen_on(first, where).error, Contains("no socket"));
    REQUIRE(mode_of(where.unix_path) != 0);
}

TEST_CASE_METHOD(fixture, "a path too long for a socket is an error", "[admin][listen]") {
    where.unix_path = directory / std::string(200, 'x');

    REQUIRE_THAT(listen_on(first, where).error, Contains("too long"));
}
