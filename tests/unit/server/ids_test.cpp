#include "proxy/server/ids.hpp"

#include "proxy/base/base64url.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace millrace::server;  // NOLINT(google-build-using-namespace): every line here needs it
using millrace::random_source;

namespace {

constexpr id_params::key old_key{1, {0x0123456789abcdef, 0xfedcba9876543210}};
constexpr id_params::key new_key{2, {42, 43}};

exchange_id make_id() {
    return {
        .incarnation = 0xdeadbeef,
        .route = 0x01020304,
        .version = 0xfffffffe,
        .epoch = 7,
        .unit_hash = 0x8000000000000001,
        .worker = 65'535,
        .sequence = (std::uint64_t{1} << 48) - 1,
        .unix_seconds = 1'700'000'000};
}

std::string signed_by(const id_signer& signer, const exchange_id& id) {
    std::string text(id_signer::text_bytes, ' ');
    signer.write(text.data(), id);
    return text;
}

bool is_lower_hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

TEST_CASE("request ids of a harmless shape are kept", "[server][ids]") {
    CHECK(is_valid_request_id("a"));
    CHECK(is_valid_request_id("0af7651916cd43dd8448eb211c80319c"));
    CHECK(is_valid_request_id("Root=1-67891233:abc/def+x@y_z~.="));
    CHECK(is_valid_request_id(std::string(128, 'x')));
}

TEST_CASE("other request ids are replaced", "[server][ids]") {
    CHECK_FALSE(is_valid_request_id(""));
    CHECK_FALSE(is_valid_request_id(std::string(129, 'x')));
    for (auto const* text :
         {"a b",
          "a,b",
          "a;b",
          "a\"b",
          "a\\b",
          "a<b",
          "a\x01",
          "a\x7f",
          "a\x80",
          "a\tb",
          "{a}",
          "a%0a",
          "a#",
          "a?",
          "a'b",
          "a\nb"}) {
        CAPTURE(text);
        CHECK_FALSE(is_valid_request_id(text));
    }
}

TEST_CASE("new request ids are 32 hexadecimal digits and differ", "[server][ids]") {
    random_source random{1};
    std::set<std::string> seen;

    for (int i = 0; i < 1'000; ++i) {
        std::string text(32, ' ');
        write_request_id(text.data(), random);
        CHECK(is_lower_hexadecimal(text));
        CHECK(is_valid_request_id(text));
        seen.insert(text);
    }

    CHECK(seen.size() == 1'000);
}

TEST_CASE("a new traceparent has the shape of the recommendation", "[server][ids]") {
    random_source random{1};
    std::set<std::string> seen;

    for (int i = 0; i < 1'000; ++i) {
        std::string text(traceparent_bytes, ' ');
        write_traceparent(text.data(), random);
        CHECK(text.substr(0, 3) == "00-");
        CHECK(is_lower_hexadecimal(text.substr(3, 32)));
        CHECK(text.substr(3, 32) != std::string(32, '0'));
        CHECK(text[35] == '-');
        CHECK(is_lower_hexadecimal(text.substr(36, 16)));
        CHECK(text.substr(36, 16) != std::string(16, '0'));
        CHECK(text.substr(52) == "-00");
        seen.insert(text);
    }

    CHECK(seen.size() == 1'000);
}

TEST_CASE("a signed id says what it was made from", "[server][ids]") {
    id_signer const signer{{old_key}};
    for (auto const& id : {make_id(), exchange_id{}}) {
        auto const text = signed_by(signer, id);

        CHECK(millrace::base64url::decode(text).has_value());
        CHECK(signer.verify(text) == id);
    }
}

TEST_CASE("of the sequence 48 bits are kept", "[server][ids]") {
    id_signer const signer{{old_key}};
    auto id = make_id();
    id.sequence = (std::uint64_t{1} << 48) + 5;

    auto const verified = signer.verify(signed_by(signer, id));

    REQUIRE(verified);
    CHECK(verified->sequence == 5);
}

TEST_CASE("a change of any byte is noticed", "[server][ids]") {
    id_signer const signer{{old_key}};
    auto const text = signed_by(signer, make_id());

    for (std::size_t i = 0; i < text.size(); ++i) {
        for (char const c : {'A', 'B', 'z', '9', '-', '_', '=', ' ', '\0', '\x80'}) {
            auto changed = text;
            changed[i] = c;
            if (changed != text) {
                CAPTURE(i, static_cast<int>(c));
                CHECK_FALSE(signer.verify(changed));
            }
        }
    }
}

TEST_CASE("a change of any bit is noticed", "[server][ids]") {
    id_signer const signer{{old_key}};
    auto const bytes = millrace::base64url::decode(signed_by(signer, make_id())).value();

    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        std::string text(id_signer::text_bytes, ' ');
        std::vector<unsigned char> const raw(changed.begin(), changed.end());
        millrace::base64url::encode_to(text.data(), raw);
        CAPTURE(bit);
        CHECK_FALSE(signer.verify(text));
    }
}

TEST_CASE("a text of another length is none of ours", "[server][ids]") {
    id_signer const signer{{old_key}};
    auto const text = signed_by(signer, make_id());

    CHECK_FALSE(signer.verify(""));
    CHECK_FALSE(signer.verify(text.substr(1)));
    CHECK_FALSE(signer.verify(text + "A"));
    CHECK_FALSE(signer.verify(std::string(id_signer::text_bytes, 'A')));
}

TEST_CASE("a previous key still verifies, the first one signs", "[server][ids]") {
    id_signer const before{{old_key}};
    id_signer const after{{new_key, old_key}};
    id_signer const much_later{{new_key}};
    auto const by_old = signed_by(before, make_id());
    auto const by_new = signed_by(after, make_id());

    CHECK(after.verify(by_old) == make_id());
    CHECK(after.verify(by_new) == make_id());
    CHECK(much_later.verify(by_new) == make_id());
    CHECK_FALSE(much_later.verify(by_old));
    CHECK_FALSE(before.verify(by_new));
}

TEST_CASE("another secret under the same number does not verify", "[server][ids]") {
    id_signer const ours{{old_key}};
    id_signer const theirs{{{old_key.id, {1, 2}}}};

    CHECK_FALSE(ours.verify(signed_by(theirs, make_id())));
}
