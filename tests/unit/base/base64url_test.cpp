#include "proxy/base/base64url.hpp"

#include <catch2/catch.hpp>

namespace millrace {

namespace {

std::string encoded(std::string_view bytes) {
    std::string text(base64url::encoded_size(bytes.size()), '?');
    auto const* const first = reinterpret_cast<const unsigned char*>(bytes.data());
    char const* const end = base64url::encode_to(text.data(), {first, bytes.size()});
    REQUIRE(end == text.data() + text.size());
    return text;
}

}  // namespace

// RFC 4648 section 10, without the padding.
TEST_CASE("the examples of RFC 4648 are encoded", "[base]") {
    CHECK(encoded("").empty());
    CHECK(encoded("f") == "Zg");
    CHECK(encoded("fo") == "Zm8");
    CHECK(encoded("foo") == "Zm9v");
    CHECK(encoded("foob") == "Zm9vYg");
    CHECK(encoded("fooba") == "Zm9vYmE");
    CHECK(encoded("foobar") == "Zm9vYmFy");
    CHECK(encoded("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("every six bits have their letter, in long texts too", "[base]") {
    std::string all;
    for (unsigned value = 0; value < 64; value += 4) {
        all += static_cast<char>(value << 2 | (value + 1) >> 4);
        all += static_cast<char>((value + 1) << 4 | (value + 2) >> 2);
        all += static_cast<char>((value + 2) << 6 | (value + 3));
    }
    CHECK(encoded(all) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

TEST_CASE("what was encoded is decoded", "[base]") {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        CHECK(base64url::decode(encoded(bytes)) == bytes);
        bytes += static_cast<char>(i * 7);
    }
}

TEST_CASE("text that no encoder makes is refused", "[base]") {
    CHECK_FALSE(base64url::decode("Zg==").has_value());
    CHECK_FALSE(base64url::decode("Z").has_value());
    CHECK_FALSE(base64url::decode("Zm9vY").has_value());
    CHECK_FALSE(base64url::decode("Zm+v").has_value());
    CHECK_FALSE(base64url::decode("Zm/v").has_value());
    CHECK_FALSE(base64url::decode("Zm 9v").has_value());
    // Bits that are left over must be 0, else two texts would mean the same bytes.
    CHECK_FALSE(base64url::decode("Zh").has_value());
    CHECK_FALSE(base64url::decode("Zm9").has_value());
}

}  // namespace millrace
