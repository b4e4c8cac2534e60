#include "mend/new_key.h"

#include "catch.h"
#include "handshake/ec_key.h"
#include "mend/keys.h"

using namespace photopsy;

TEST_CASE("a fresh pair is in the firmware's own form, its halves fit, and no two are alike", "[keys]") {
    for (const auto kind : {KeyKind::RsaSlot, KeyKind::EcSlot}) {
        const auto pair = make_new_pair(kind), other = make_new_pair(kind);
        const auto size = kind == KeyKind::EcSlot ? ec_sec1_size : std::size_t{610};
        CHECK(pair.der.size() >= size);
        CHECK(pair.der != other.der);
        const auto read = parse_key_file(pair.der);
        REQUIRE(read);
        CHECK(read->holds_private_key());
        CHECK(read->kind == kind);
        CHECK(read->public_der == pair.spki);
    }
}
