"""The register: areas (county → town → village), departments, subjects and rosters with validity dates."""
