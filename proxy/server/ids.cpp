#include "proxy/server/ids.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/base/assert.hpp"
#include "proxy/base/base64url.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <utility>

namespace millrace::server {

namespace {

constexpr std::size_t payload_bytes = 37;
constexpr std::size_t signature_bytes = 16;
constexpr std::size_t sequence_bytes = 6;

static_assert(base64url::encoded_size(payload_bytes + signature_bytes) == id_signer::text_bytes);

using id_bytes = std::array<unsigned char, payload_bytes + signature_bytes>;

/// Writes or reads the fields one after the other, little endian.
template <class Visit>
void for_each_field(std::uint8_t& key, exchange_id& id, Visit&& visit) {
    visit(&key, sizeof key);
    visit(&id.incarnation, sizeof id.incarnation);
    visit(&id.route, sizeof id.route);
    visit(&id.version, sizeof id.version);
    visit(&id.epoch, sizeof id.epoch);
    visit(&id.unit_hash, sizeof id.unit_hash);
    visit(&id.worker, sizeof id.worker);
    visit(&id.sequence, sequence_bytes);
    visit(&id.unix_seconds, sizeof id.unix_seconds);
}

void sign(siphash_key key, id_bytes& bytes) noexcept {
    auto const signature =
        siphash_2_4_128(key, {reinterpret_cast<const char*>(bytes.data()), payload_bytes});
    std::memcpy(bytes.data() + payload_bytes, signature.data(), signature_bytes);
}

/// Eight digits at once: a byte for each half byte, the highest first, then '0' or 'a' - 10 added.
std::uint64_t hexadecimal_digits(std::uint32_t number) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    std::uint64_t halves = number;
    halves = (halves & 0xffffU) << 32 | halves >> 16;
    halves = (halves & 0x000000ff000000ffU) << 16 | (halves >> 8 & 0x000000ff000000ffU);
    halves = (halves & 0x000f000f000f000fU) << 8 | (halves >> 4 & 0x000f000f000f000fU);
    auto const letters = (halves + 6 * ones) >> 4 & ones;
    return halves + '0' * ones + letters * ('a' - '0' - 10);
}

void write_hexadecimal(char* out, std::uint64_t number) noexcept {
    auto const digits = std::array{
        hexadecimal_digits(static_cast<std::uint32_t>(number >> 32)),
        hexadecimal_digits(static_cast<std::uint32_t>(number))};
    static_assert(std::endian::native == std::endian::little, "the lowest byte is written first");
    std::memcpy(out, digits.data(), sizeof digits);
}

}  // namespace

bool is_valid_request_id(std::string_view text) noexcept {
    constexpr std::size_t bytes_max = 128;
    constexpr std::string_view punctuation = "-._~:+/=@";
    return !text.empty() && text.size() <= bytes_max &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return ascii::is_alpha(c) || ascii::is_digit(c) ||
                      punctuation.find(c) != std::string_view::npos;
           });
}

void write_request_id(char* out, random_source& random) noexcept {
    write_hexadecimal(out, random.next());
    write_hexadecimal(out + 16, random.next());
}

void write_traceparent(char* out, random_source& random) noexcept {
    std::copy_n("00-", 3, out);
    // All-zero ids are invalid; setting one bit of each is cheaper than drawing again.
    write_hexadecimal(out + 3, random.next());
    write_hexadecimal(out + 19, random.next() | 1);
    out[35] = '-';
    write_hexadecimal(out + 36, random.next() | 1);
    std::copy_n("-00", 3, out + 52);
}

id_signer::id_signer(std::vector<id_params::key> keys) : keys_{std::move(keys)} {
    MILLRACE_ASSERT(!keys_.empty());
}

void id_signer::write(char* out, const exchange_id& id) const noexcept {
    id_bytes bytes{};
    auto* at = bytes.data();
    auto key = keys_.front().id;
    auto copy = id;
    for_each_field(key, copy, [&at](const void* field, std::size_t size) {
        std::memcpy(at, field, size);
        at += size;
    });
    sign(keys_.front().secret, bytes);
    base64url::encode_to(out, bytes);
}

std::optional<exchange_id> id_signer::verify(std::string_view text) const {
    auto const decoded =
        text.size() == text_bytes ? base64url::decode(text) : std::optional<std::string>{};
    if (!decoded) {
        return std::nullopt;
    }
    exchange_id id;
    std::uint8_t key_id = 0;
    auto const* at = decoded->data();
    for_each_field(key_id, id, [&at](void* field, std::size_t size) {
        std::memcpy(field, at, size);
        at += size;
    });
    auto const key = std::find_if(keys_.begin(), keys_.end(), [key_id](const auto& candidate) {
        return candidate.id == key_id;
    });
    if (key == keys_.end()) {
        return std::nullopt;
    }
    id_bytes expected{};
    std::memcpy(expected.data(), decoded->data(), payload_bytes);
    sign(key->secret, expected);
    unsigned difference = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        difference |= expected[i] ^ static_cast<unsigned char>((*decoded)[i]);
    }
    return difference == 0 ? std::optional{id} : std::nullopt;
}

}  // namespace millrace::server
