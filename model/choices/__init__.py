"""What an insurer may choose, by what it is about; model.carrier holds one insurer's choices."""
