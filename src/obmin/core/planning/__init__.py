"""Reception: who goes to which place, by which vehicle, met by how many; and a checker that trusts none of it."""
