#pragma once
// Catch2 of Debian 12 (2.13) and Catch2 3.
#ifdef PHOTOPSY_CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
using namespace Catch::Matchers;
#endif
