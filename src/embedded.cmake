# Data files compiled into the core, one line each.
photopsy_embed(photopsy_core known_modules ${CMAKE_SOURCE_DIR}/src/facts/data/known_modules.tsv)
photopsy_embed(photopsy_core releases ${CMAKE_SOURCE_DIR}/src/facts/data/releases.tsv)
photopsy_embed(photopsy_core report_schema ${CMAKE_SOURCE_DIR}/docs/report.schema.json)
photopsy_embed(photopsy_core blocks ${CMAKE_SOURCE_DIR}/src/facts/data/blocks.bin)
photopsy_embed(photopsy_core report_html ${CMAKE_SOURCE_DIR}/src/report/report.html.mustache)
photopsy_embed(photopsy_core stand_in_primes ${CMAKE_SOURCE_DIR}/src/mend/stand_in_primes.txt)
photopsy_embed(photopsy_core platforms ${CMAKE_SOURCE_DIR}/src/flash/data/platforms.tsv)
photopsy_embed(photopsy_core fleet_html ${CMAKE_SOURCE_DIR}/src/report/fleet.html.mustache)
